/**
 * Kysely on pg with the fewest round trips: each waits until this process and the server's have had a processor, and on
 * a busy machine that, not the work, is what a transaction costs. Beginning tells the time and goes out with the first
 * statement; committing checks, and goes out with the last words, if there are any.
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
  Transaction,
} from 'kysely';
import type pg from 'pg';
import { z } from 'zod';

/** What pg answers to several statements at once. */
const Begun = z.tuple([z.unknown(), z.object({ rows: z.tuple([z.object({ now: z.date() })]) })]);

const changing: readonly string[] = ['INSERT', 'UPDATE', 'DELETE', 'MERGE'];

/** A statement that each connection prepares once: for what is done again with every message. */
export interface Prepared {
  /** One name for one text, for ever. */
  readonly name: string;
  readonly text: string;
}

/** The last statement of a transaction, and who waits for its rows. */
interface LastWords {
  readonly query: pg.QueryConfig<unknown[]>;
  readonly answered: (rows: readonly unknown[]) => void;
}

class PgConnection implements DatabaseConnection {
  readonly client: pg.PoolClient;
  /** When its transaction began, by the server's clock. */
  began: Promise<Date> | undefined;
  lastWords: LastWords | undefined;

  constructor(client: pg.PoolClient) {
    this.client = client;
  }

  /** What is written before the end of this turn goes out with it: one system call, and one wake-up of the server. */
  writeTogether(): void {
    const { stream } = this.client.connection;
    if (stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    this.writeTogether();
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

  /** Not waited for: where it fails the connection is lost, and the first statement with it. */
  async beginTransaction(connection: PgConnection): Promise<void> {
    connection.writeTogether();
    connection.began = connection.client
      .query('begin; select now() as now')
      .then((answer) => Begun.parse(answer)[1].rows[0].now);
    connection.began.catch(() => undefined);
  }

  /**
   * PostgreSQL answers COMMIT with ROLLBACK, and no error, where a statement failed and the transaction went on. In such
   * a transaction any other statement fails, so one goes before.
   */
  async commitTransaction(connection: PgConnection): Promise<void> {
    const { client, lastWords } = connection;
    connection.writeTogether();
    const said = lastWords === undefined ? undefined : client.query(lastWords.query);
    const [answer, committed] = await Promise.allSettled([said, client.query('select; commit')]);
    if (answer.status === 'rejected') throw answer.reason;
    if (committed.status === 'rejected') throw committed.reason;
    lastWords?.answered(answer.value?.rows ?? []);
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

/**
 * As Kysely's own, which keeps each statement back until the one before it is answered. Here those that nobody waits for
 * in between (`Promise.all`) go out together: the server works through them in their order, and all are one round trip.
 */
export const inTransaction = <Tables, T>(
  db: Kysely<Tables>,
  dialect: Dialect,
  work: (tx: Transaction<Tables>) => Promise<T>,
): Promise<T> =>
  db.transaction().execute(async (tx) => {
    const connection = await onConnection(tx, async (own) => own);
    const executor = tx.getExecutor().withConnectionProvider({ provideConnection: (use) => use(connection) });
    const driver = dialect.createDriver();
    return work(new Transaction<Tables>({ config: { dialect }, dialect, driver, executor }));
  });

const onConnection = <Tables, T>(
  db: Kysely<Tables>,
  use: (connection: PgConnection) => Promise<T>,
): Promise<T> =>
  db.getExecutor().provideConnection((connection) => {
    if (!(connection instanceof PgConnection)) throw new Error('this is no connection of the store');
    return use(connection);
  });

/** `now()` in a transaction of the store, without asking again. */
export const beganAt = <Tables>(tx: Kysely<Tables>): Promise<Date> =>
  onConnection(tx, async ({ began }) => {
    if (began === undefined) throw new Error('this is no transaction of the store');
    return began;
  });

/** Runs a prepared statement in the transaction. Its rows are whatever the text selects: parse them. */
export const runPrepared = <Tables>(
  tx: Kysely<Tables>,
  prepared: Prepared,
  values: readonly unknown[],
): Promise<{ readonly rows: readonly unknown[]; readonly count: number }> =>
  onConnection(tx, async (connection) => {
    connection.writeTogether();
    const { rows, rowCount } = await connection.client.query({ ...prepared, values: [...values] });
    return { rows, count: rowCount ?? 0 };
  });

/**
 * The last statement of a transaction goes out together with its commit, whatever else is done until then. Where it
 * fails nothing is committed, and the transaction rejects with its error. `answered` is told its rows after the commit.
 */
export const sayLast = <Tables>(
  tx: Kysely<Tables>,
  prepared: Prepared,
  values: readonly unknown[],
  answered: LastWords['answered'],
): Promise<void> =>
  onConnection(tx, async (connection) => {
    if (connection.lastWords !== undefined) throw new Error('a transaction has last words only once');
    connection.lastWords = { query: { ...prepared, values: [...values] }, answered };
  });
