/** A private PostgreSQL as a child process: loopback only, with a password, its state in the data directory. */
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { onFreePort, untilAnswering } from './answering.ts';
import { type ChildProcess, startChild } from './child-process.ts';
import { rememberedPort, rememberPort } from './free-port.ts';
import { endLeftovers } from './leftovers.ts';
import { ensureCluster } from './postgres-cluster.ts';
import { postgresFor, recordInstallation } from './postgres-installation.ts';
import type { PrivateService, ServiceOptions } from './private-service.ts';
import type { Home } from './processes.ts';
import { secretIn } from './secret-file.ts';
import { asUser, giveTo, otherUser } from './unprivileged.ts';

export interface PostgresConnection {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: 'flibs';
  readonly password: string;
  readonly database: string;
}

export interface Postgres extends PrivateService {
  /** `postgres://flibs:password@127.0.0.1:port/flibs` */
  readonly url: string;
  /** The same for `pg`. */
  readonly connection: PostgresConnection;
  /** As the program says it: `15.18`. */
  readonly version: string;
}

export interface PostgresOptions extends ServiceOptions {
  /** Nothing is flushed to the disk: fast, and lost when the machine goes down. For tests. */
  readonly throwAway?: boolean;
}

const database = 'flibs';

const settings = (port: number, throwAway: boolean): readonly string[] =>
  Object.entries({
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(throwAway
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '2GB' }
      : {}),
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

const urlOf = ({ user, password, host, port }: PostgresConnection): string =>
  `postgres://${user}:${password}@${host}:${port}/${database}`;

/** Logs in, which only our own server allows, and makes the database when it is not there yet. */
const logsIn = async (connection: PostgresConnection): Promise<boolean> => {
  const client = new pg.Client({ ...connection, database: 'postgres', connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) {
      await client.query(`create database ${database}`);
    }
    return true;
  } finally {
    await client.end();
  }
};

interface Launch {
  readonly cluster: string;
  readonly program: string;
  readonly privileges: readonly string[];
  readonly password: string;
  readonly throwAway: boolean;
  readonly home: Home;
  readonly log: ServiceOptions['log'];
}

const launch = async (
  { cluster, program, privileges, password, throwAway, home, log }: Launch,
  port: number,
): Promise<{ child: ChildProcess; connection: PostgresConnection }> => {
  const child = await startChild({
    name: 'PostgreSQL',
    command: program,
    args: ['-D', cluster, ...settings(port, throwAway)],
    cwd: cluster,
    env: { LANG: 'C.UTF-8' },
    home,
    privileges,
    // An immediate shutdown takes its backends along; SIGKILL would leave them to notice by themselves.
    onParentDeath: 'QUIT',
    stopSignals: [
      { signal: 'SIGINT', seconds: 20 },
      { signal: 'SIGQUIT', seconds: 10 },
    ],
    log,
    isWarning: (line) => /\b(?:PANIC|FATAL|WARNING):/.test(line) && !line.includes('starting up'),
  });
  const connection: PostgresConnection = { host: '127.0.0.1', port, user: 'flibs', password, database };
  try {
    await untilAnswering(child, () => logsIn(connection), { name: 'PostgreSQL', seconds: 60 });
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { child, connection };
};

const prepare = async ({ dataDir, log, throwAway = false }: PostgresOptions) => {
  const directory = join(dataDir, 'postgres');
  await mkdir(directory, { recursive: true });
  const installation = await postgresFor(join(directory, 'cluster'));
  const user = await otherUser();
  await giveTo(user, directory);
  await chmod(directory, 0o700);
  const password = await secretIn(join(directory, 'password'));
  const cluster = await ensureCluster({ directory, installation, user, password, throwAway });
  await recordInstallation(directory, installation);
  const program = join(installation.binaries, 'postgres');
  const home = { directory, worksIn: { directory: cluster, program } };
  await endLeftovers(home, 'SIGQUIT', log);
  // None of its processes is alive: a pid that was given to another process since must not stop the start.
  await rm(join(cluster, 'postmaster.pid'), { force: true });
  const privileges = await asUser(user, cluster);
  return {
    directory,
    version: installation.version,
    cluster,
    program,
    privileges,
    password,
    throwAway,
    home,
    log,
  };
};

/**
 * Starts it, or starts it again on the cluster that is there. As root it runs as the user `postgres`.
 *
 * @throws when PostgreSQL 15 or newer is not installed, the cluster is of another major, or it does not come up.
 */
export const startPostgres = async (options: PostgresOptions): Promise<Postgres> => {
  const prepared = await prepare(options);
  const portFile = join(prepared.directory, 'port');
  const { child, connection } = await onFreePort(await rememberedPort(portFile), (port) =>
    launch(prepared, port),
  );
  await rememberPort(portFile, connection.port);
  return {
    url: urlOf(connection),
    connection,
    version: prepared.version,
    port: connection.port,
    exited: child.exited,
    stop: () => child.stop(),
  };
};
