/** Removes from an image's root what differs from one build to the next although nothing that counts does. */
import { lstat, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findRpmdb, insideRoot } from './inside-root.ts';
import { runToSuccess } from './run-program.ts';

export interface Scrubbing {
  /** Mounted root of the working container. */
  readonly root: string;
  /** Paths in the root that were only mount points of the build, and are empty. */
  readonly mountPoints?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Metadata, histories and logs of dnf. Module states (`/etc/dnf/modules.d`, `modulefailsafe`) are content and stay. */
const volatile: readonly { directory: string; names: RegExp }[] = [
  { directory: '/var/cache/dnf', names: /./ },
  { directory: '/var/cache/libdnf5', names: /./ },
  {
    directory: '/var/lib/dnf',
    names: /^(?:history\.sqlite|history\..*\.sqlite)(?:-wal|-shm|-journal)?$|^tracking$/,
  },
  { directory: '/usr/lib/sysimage/libdnf5', names: /^transaction_history\.sqlite(?:-wal|-shm|-journal)?$/ },
  { directory: '/var/log', names: /^(?:dnf|hawkey|librepo|yum)[^/]*\.log(?:\.[0-9]+)?$/ },
];

/** A root without an rpmdb is scrubbed of mount points only: it is perhaps not what we think it is. */
export const scrub = async ({ root, mountPoints = [], env }: Scrubbing): Promise<void> => {
  for (const path of mountPoints) await removeMountPoint(root, path);
  const rpmdb = await findRpmdb(root);
  if (rpmdb === undefined) return;
  for (const { directory, names } of volatile) await removeMatching(root, directory, names);
  await rm(join(rpmdb, '.rpm.lock'), { force: true });
  await settle(rpmdb, env);
};

const removeMatching = async (root: string, directory: string, names: RegExp): Promise<void> => {
  const path = await insideRoot(root, directory);
  if (path === undefined || !(await lstat(path)).isDirectory()) return;
  for (const name of await readdir(path)) {
    if (names.test(name)) await rm(join(path, name), { recursive: true, force: true });
  }
};

/** Empty files and directories only: what is not empty was the image's own. */
const removeMountPoint = async (root: string, path: string): Promise<void> => {
  const found = await insideRoot(root, path);
  if (found === undefined) return;
  const stats = await lstat(found);
  if (stats.isDirectory()) await rmdir(found).catch(() => undefined);
  else if (stats.isFile() && stats.size === 0) await rm(found);
};

/**
 * One file without a write-ahead log: its bytes then depend on its rows alone, and it can be read where it cannot be
 * written. Through Python, which dnf brings along.
 */
const settle = async (rpmdb: string, env: Readonly<Record<string, string>>): Promise<void> => {
  const database = join(rpmdb, 'rpmdb.sqlite');
  const stats = await lstat(database).catch(() => undefined);
  if (!stats?.isFile()) return;
  const script = `import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('PRAGMA journal_mode=DELETE')
db.execute('VACUUM')
db.close()`;
  await runToSuccess({ file: '/usr/bin/python3', args: ['-I', '-c', script, database], env });
  for (const suffix of ['-wal', '-shm']) await rm(`${database}${suffix}`, { force: true });
};
