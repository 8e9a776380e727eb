import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { PostgresInstallation } from './postgres-installation.ts';
import { asUser, giveTo, type OtherUser } from './unprivileged.ts';

export interface ClusterOptions {
  /** Of the service: the cluster is `cluster` in it. */
  readonly directory: string;
  readonly installation: PostgresInstallation;
  readonly user: OtherUser | undefined;
  /** Of the superuser `flibs`. */
  readonly password: string;
  readonly throwAway: boolean;
}

/**
 * Makes the cluster unless it is there. It appears under its name only when it is complete, so a run that was killed
 * in the middle does no harm.
 */
export const ensureCluster = async (options: ClusterOptions): Promise<string> => {
  const cluster = join(options.directory, 'cluster');
  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    const incomplete = join(options.directory, 'cluster.incomplete');
    await rm(incomplete, { recursive: true, force: true });
    await mkdir(incomplete, { mode: 0o700 });
    await giveTo(options.user, incomplete);
    await initialise(incomplete, options);
    await rename(incomplete, cluster);
  }
  return cluster;
};

const initialise = async (cluster: string, options: ClusterOptions): Promise<void> => {
  const { directory, installation, user, throwAway } = options;
  const passwordFile = join(directory, 'initial-password');
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  await giveTo(user, passwordFile);
  const args = [
    ...(await asUser(user, cluster)),
    '--pdeathsig',
    'KILL',
    '--',
    join(installation.binaries, 'initdb'),
    `--pgdata=${cluster}`,
    '--username=flibs',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    ...(throwAway ? ['--no-sync'] : []),
  ];
  const result = await execa('setpriv', args, {
    reject: false,
    all: true,
    cwd: directory,
    extendEnv: false,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8' },
  });
  await rm(passwordFile);
  if (result.failed) {
    throw new Error(`cannot make the PostgreSQL cluster ${cluster}: ${result.all || result.shortMessage}`);
  }
};
