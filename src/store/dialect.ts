/**
 * Kysely on pg with the fewest round trips: each waits until this process and the server's have had a processor, and on
 * a busy machine that, not the work, is what a transaction costs. Beginning tells the time, and committing checks.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type pg from 'pg';
import { z } from 'zod';

/** What pg answers to several statements at once. */
const Begun = z.tuple([z.unknown(), z.object({ rows: z.tuple([z.object({ now: z.date() })]) })]);

const changing: readonly string[] = ['INSERT', 'UPDATE', 'DELETE', 'MERGE'];

class PgConnection implements DatabaseConnection {
  readonly client: pg.PoolClient;
  /** When its transaction began, by the server's clock. */
  beganAt: Date | undefined;

  constructor(client: pg.PoolClient) {
    this.client = client;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { command, rowCount, rows } = await this.client.query(sql, [...parameters]);
    return {
      rows,
      ...(changing.includes(command) && rowCount !== null ? { numAffectedRows: BigInt(rowCount) } : {}),
    };
  }

  // biome-ignore lint/correctness/useYield: nothing is ever yielded.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('the store does not stream');
  }
}

class PgDriver implements Driver {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PgConnection> {
    return new PgConnection(await this.#pool.connect());
  }

  async beginTransaction(connection: PgConnection): Promise<void> {
    const [, { rows }] = Begun.parse(await connection.client.query('begin; select now() as now'));
    connection.beganAt = rows[0].now;
  }

  /**
   * PostgreSQL answers COMMIT with ROLLBACK, and no error, where a statement failed and the transaction went on. In such
   * a transaction any other statement fails, so one goes before.
   */
  async commitTransaction(connection: PgConnection): Promise<void> {
    await connection.client.query('select; commit');
  }

  async rollbackTransaction(connection: PgConnection): Promise<void> {
    await connection.client.query('rollback');
  }

  async releaseConnection(connection: PgConnection): Promise<void> {
    connection.client.release();
  }

  /** The pool belongs to the store. */
  async destroy(): Promise<void> {}
}

/** Read committed, always. */
export const dialectOn = (pool: pg.Pool): Dialect => ({
  createDriver: () => new PgDriver(pool),
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createAdapter: () => new PostgresAdapter(),
  createIntrospector: (db) => new PostgresIntrospector(db),
});

/** `now()` in a transaction of the store, without asking again. */
export const beganAt = <Tables>(tx: Kysely<Tables>): Promise<Date> =>
  tx.getExecutor().provideConnection(async (connection) => {
    const began = connection instanceof PgConnection ? connection.beganAt : undefined;
    if (began === undefined) throw new Error('this is no transaction of the store');
    return began;
  });
