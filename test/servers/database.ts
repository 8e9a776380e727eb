/** A database of its own for a test file, migrated already, on the PostgreSQL of this run. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../src/store/migrate.ts';
import { addressIn } from './address.ts';

export interface TestDatabase {
  readonly name: string;
  /** `postgres://...` */
  readonly url: string;
  /** Holds all migrations. */
  readonly schema: string;
  /** Ends the connections that are left. Not needed for tidiness: the server goes with the run. */
  drop(): Promise<void>;
}

/** The schema that every test database holds: that of an instance called `test`. */
export const testSchema = 'flibs_test';

/** A database that is made once a run, by the first test file that asks, and copied by each. */
export interface Template {
  /** An identifier. */
  readonly name: string;
  /** What it begins as a copy of. */
  readonly from?: Template;
  /** Leaves no connection open. */
  readonly fill: (url: string) => Promise<void>;
}

const urlOf = (database: string): string => {
  const url = new URL(addressIn('FLIBS_TEST_POSTGRES'));
  url.pathname = `/${database}`;
  return url.href;
};

const withClient = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client(urlOf('postgres'));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** Whoever asks under the same name waits, in other processes too. */
export const underLock = <T>(name: string, work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withClient(async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [name]);
    return work(client);
  });

/** Holds all migrations. */
export const migrated: Template = {
  name: 'flibs_template',
  fill: async (url) => {
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    try {
      await migrate(pool, { schema: testSchema });
    } finally {
      await pool.end();
    }
  },
};

/** It has its name only when it is complete. */
const ensureTemplate = async ({ name, from, fill }: Template): Promise<void> => {
  if (from !== undefined) await ensureTemplate(from);
  await underLock(name, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount !== 0) return;
    const incomplete = `${name}_incomplete`;
    await client.query(`drop database if exists ${incomplete} with (force)`);
    await client.query(`create database ${incomplete} ${from === undefined ? '' : `template ${from.name}`}`);
    await fill(urlOf(incomplete));
    await client.query(`alter database ${incomplete} rename to ${name}`);
  });
};

/** A copy of a template, some 30 ms: of the one with all migrations, unless told of another. */
export const aDatabase = async (template: Template = migrated): Promise<TestDatabase> => {
  await ensureTemplate(template);
  return withClient(async (client) => {
    const name = `test_${randomBytes(8).toString('hex')}`;
    await client.query(`create database ${name} template ${template.name}`);
    return { name, url: urlOf(name), schema: testSchema, drop: () => drop(name) };
  });
};

/** An empty database: for tests of the migrations themselves. */
export const anEmptyDatabase = (): Promise<TestDatabase> =>
  withClient(async (client) => {
    const name = `test_${randomBytes(8).toString('hex')}`;
    await client.query(`create database ${name}`);
    return { name, url: urlOf(name), schema: testSchema, drop: () => drop(name) };
  });

const drop = (name: string): Promise<void> =>
  withClient(async (client) => {
    await client.query(`drop database if exists ${name} with (force)`);
  });
