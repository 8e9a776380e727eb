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

const template = 'flibs_template';
// Any number that all test files share.
const templateLock = 7_200_114;

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

const fillTemplate = async (database: string): Promise<void> => {
  const pool = new pg.Pool({ connectionString: urlOf(database), max: 1 });
  try {
    await migrate(pool, { schema: testSchema });
  } finally {
    await pool.end();
  }
};

/** Made by the first test file that asks. It has its name only when it is complete. */
const ensureTemplate = async (client: pg.Client): Promise<void> => {
  await client.query('select pg_advisory_lock($1)', [templateLock]);
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template]);
  if (rowCount === 0) {
    const incomplete = `${template}_incomplete`;
    await client.query(`drop database if exists ${incomplete}`);
    await client.query(`create database ${incomplete}`);
    await fillTemplate(incomplete);
    await client.query(`alter database ${incomplete} rename to ${template}`);
  }
  await client.query('select pg_advisory_unlock($1)', [templateLock]);
};

/** A copy of the migrated template: some 30 ms. */
export const aDatabase = (): Promise<TestDatabase> =>
  withClient(async (client) => {
    await ensureTemplate(client);
    const name = `test_${randomBytes(8).toString('hex')}`;
    await client.query(`create database ${name} template ${template}`);
    return { name, url: urlOf(name), schema: testSchema, drop: () => drop(name) };
  });

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
