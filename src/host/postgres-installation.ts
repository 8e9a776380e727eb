/** Which PostgreSQL of the host runs a data directory. */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';

const oldestMajor = 15;

export interface PostgresInstallation {
  /** Directory of `postgres` and `initdb`. */
  readonly binaries: string;
  readonly major: number;
  /** As the program says it: `15.18`. */
  readonly version: string;
}

const versionIn = async (binaries: string): Promise<PostgresInstallation | undefined> => {
  const { stdout, failed } = await execa(join(binaries, 'postgres'), ['--version'], { reject: false });
  const version = /(\d+(?:\.\d+)*)/.exec(failed ? '' : stdout)?.[1];
  return version === undefined ? undefined : { binaries, version, major: Number.parseInt(version, 10) };
};

/** Debian keeps each major in a directory of its own; Fedora puts one on the PATH. */
const places = async (): Promise<readonly string[]> => {
  const debian = '/usr/lib/postgresql';
  const majors = await readdir(debian).catch(() => []);
  return [...majors.map((major) => join(debian, major, 'bin')), '/usr/bin', '/usr/pgsql/bin'];
};

/** All that are installed and new enough, the newest first. */
export const installedPostgres = async (): Promise<readonly PostgresInstallation[]> => {
  const found: PostgresInstallation[] = [];
  for (const binaries of await places()) {
    const complete = existsSync(join(binaries, 'postgres')) && existsSync(join(binaries, 'initdb'));
    const installation = complete ? await versionIn(binaries) : undefined;
    if (installation !== undefined && installation.major >= oldestMajor) {
      found.push(installation);
    }
  }
  return found.sort((a, b) => b.major - a.major);
};

/** What made the cluster and what ran it last; beside the cluster, for people and for error messages. */
const Record = z.object({ version: z.string(), binaries: z.string() });

export const recordInstallation = (
  directory: string,
  { version, binaries }: PostgresInstallation,
): Promise<void> =>
  writeFile(join(directory, 'installation.json'), `${JSON.stringify({ version, binaries }, null, 2)}\n`);

const recordedIn = async (directory: string): Promise<string> => {
  const text = await readFile(join(directory, 'installation.json'), 'utf8').catch(() => '{}');
  const record = Record.safeParse(JSON.parse(text));
  return record.success ? `, last run by ${record.data.version} from ${record.data.binaries}` : '';
};

/**
 * The installation to run a cluster with: of the cluster's own major, the newest for a cluster that is yet to be made.
 *
 * @param cluster - PostgreSQL's data directory
 * @throws when there is none: clusters do not move between majors by themselves.
 */
export const postgresFor = async (cluster: string): Promise<PostgresInstallation> => {
  const installed = await installedPostgres();
  const newest = installed[0];
  if (newest === undefined) {
    throw new Error(`PostgreSQL ${oldestMajor} or newer is not installed; install the package postgresql`);
  }
  const made = (await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  if (made === '') {
    return newest;
  }
  const matching = installed.find(({ major }) => String(major) === made);
  if (matching === undefined) {
    const have = installed.map(({ version }) => version).join(', ');
    throw new Error(
      `${cluster} was made by PostgreSQL ${made}${await recordedIn(dirname(cluster))}; installed is ${have}. ` +
        `Install PostgreSQL ${made}, or move the data with its pg_dump and a new data directory.`,
    );
  }
  return matching;
};
