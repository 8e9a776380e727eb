/** Brings the schema to the version this flibs knows. Safe to run from many processes at once. */
import type pg from 'pg';
import type { Logger } from 'pino';
import { type Migration, readMigrations } from './migration-files.ts';
import { checkSchemaName } from './pool.ts';
import { isStoreAway } from './store-errors.ts';

export interface MigrateOptions {
  readonly schema: string;
  readonly log?: Logger;
  /** Default: the project's own. */
  readonly migrations?: readonly Migration[];
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly breaking: boolean;
}

/**
 * Creates the schema, then applies what is missing, each file in a transaction of its own. One process at a time does
 * it, under an advisory lock that ends with its session; others wait and find nothing left to do.
 * @returns the numbers applied by this call.
 * @throws if the store has a breaking migration that is unknown here, or one of ours with another text.
 */
export const migrate = async (pool: pg.Pool, options: MigrateOptions): Promise<readonly number[]> => {
  const schema = checkSchemaName(options.schema);
  const migrations = options.migrations ?? (await readMigrations());
  const client = await pool.connect();
  // The lock belongs to the session: a connection that failed must not go back to the pool with it.
  let failed = true;
  try {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`flibs migrate ${schema}`]);
    await prepareSchema(client, schema);
    const applied = await readApplied(client);
    refuseUnknown(applied, migrations, schema);
    const missing = migrations.slice(applied.filter((row) => row.number <= migrations.length).length);
    for (const migration of missing) {
      await apply(client, schema, migration);
      options.log?.info({ migration: migration.name, schema }, 'migration applied');
    }
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [`flibs migrate ${schema}`]);
    failed = false;
    return missing.map((migration) => migration.number);
  } finally {
    client.release(failed);
  }
};

const prepareSchema = async (client: pg.PoolClient, schema: string): Promise<void> => {
  await client.query(`create schema if not exists ${schema}`);
  await client.query(`set search_path to ${schema}`);
  await client.query(`create table if not exists migration (
    number     integer PRIMARY KEY,
    name       text NOT NULL,
    checksum   text NOT NULL,
    breaking   boolean NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`);
};

const readApplied = async (client: pg.PoolClient): Promise<readonly Applied[]> => {
  const { rows } = await client.query<Applied>(
    'select number, name, checksum, breaking from migration order by number',
  );
  return rows;
};

const refuseUnknown = (applied: readonly Applied[], known: readonly Migration[], schema: string): void => {
  for (const row of applied) {
    const ours = known[row.number - 1];
    if (ours === undefined && row.breaking) {
      throw new Error(
        `schema ${schema} was changed by a newer flibs (${row.name}) in a way this version cannot run on: start that version or a newer one`,
      );
    }
    if (ours !== undefined && ours.checksum !== row.checksum) {
      throw new Error(
        `migration ${row.name} of schema ${schema} is not the one this flibs has: never change a migration that was applied, add another`,
      );
    }
  }
};

const apply = async (client: pg.PoolClient, schema: string, migration: Migration): Promise<void> => {
  await client.query('begin');
  try {
    await client.query(`set local search_path to ${schema}`);
    await client.query(migration.sql);
    await client.query('insert into migration (number, name, checksum, breaking) values ($1, $2, $3, $4)', [
      migration.number,
      migration.name,
      migration.checksum,
      migration.breaking,
    ]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => undefined);
    if (isStoreAway(cause)) throw cause;
    throw new Error(`migration ${migration.name} of schema ${schema} failed`, { cause });
  }
};
