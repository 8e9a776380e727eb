/** A pool of connections whose sessions see one schema, in UTC, and outlive the loss of any of them. */
import pg from 'pg';
import type { Logger } from 'pino';
import { columnTypes } from './column-types.ts';
import { describeError } from './store-errors.ts';

export interface PoolOptions {
  /** A URL (`postgres://...`), or options of pg. */
  readonly connection: string | pg.PoolConfig;
  /** Of the instance: `flibs_<instance>`. */
  readonly schema: string;
  readonly log: Logger;
  /** At most, default 16. */
  readonly connections?: number;
}

/** Schemas are written into statements that take no parameters, so nothing but a plain name is let in. */
export const checkSchemaName = (schema: string): string => {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new Error(
      `the store's schema "${schema}" must be lower case letters, digits and _, at most 63, not begin with a digit`,
    );
  }
  return schema;
};

/** The schema of an instance: dashes become underscores. */
export const schemaOfInstance = (instance: string): string =>
  checkSchemaName(`flibs_${instance.toLowerCase().replaceAll('-', '_')}`);

// A transaction that sits idle so long belongs to a process that was stopped, not killed; its locks hold up others.
const idleInTransactionMs = 120_000;
const connectTimeoutMs = 10_000;

export const openPool = ({ connection, schema, log, connections = 16 }: PoolOptions): pg.Pool => {
  const given: pg.PoolConfig = typeof connection === 'string' ? { connectionString: connection } : connection;
  const pool = new pg.Pool({
    application_name: 'flibs',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    max: connections,
    // Statements that do not wait for each other's answers go out together: see dialect.ts.
    pipeline: true,
    ...given,
    types: columnTypes(),
    options: [
      given.options,
      `-c search_path=${checkSchemaName(schema)}`,
      '-c timezone=UTC',
      `-c idle_in_transaction_session_timeout=${idleInTransactionMs}`,
    ]
      .filter((option) => option !== undefined)
      .join(' '),
  });
  // Without listeners the loss of a connection would end the process: idle ones tell the pool, ones in use the client.
  pool.on('error', (error) =>
    log.debug({ error: describeError(error) }, 'an idle connection to the store was lost'),
  );
  pool.on('connect', (client) => {
    client.on('error', (error) =>
      log.debug({ error: describeError(error) }, 'a connection to the store was lost'),
    );
  });
  return pool;
};
