/** Paths inside an image's root, followed without ever leaving it: an image may be hostile, and we are root. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The path on the host of `path` in the root, undefined when it does not exist or when a link is on the way: what
 * links point to in an image is meant for inside, and would be somewhere else out here.
 */
export const insideRoot = async (root: string, path: string): Promise<string | undefined> => {
  if (!/^\/.+\/.+/.test(root)) throw new Error(`not the root of an image: ${JSON.stringify(root)}`);
  let at = root;
  const parts = path.split('/').filter((part) => part !== '');
  for (const [index, part] of parts.entries()) {
    if (part === '.' || part === '..') return undefined;
    at = join(at, part);
    const found = await lstat(at).catch(() => undefined);
    if (found === undefined || (index < parts.length - 1 && !found.isDirectory())) return undefined;
  }
  return at;
};

/** Where rpm's database may be: most systems, newer ones, ostree and bootc hosts. */
export const rpmdbPlaces: readonly string[] = ['/var/lib/rpm', '/usr/lib/sysimage/rpm', '/usr/share/rpm'];

/** The file that makes a directory an rpmdb, as SQLite, ndb and Berkeley DB have it. */
export const databaseNames: readonly string[] = ['rpmdb.sqlite', 'Packages.db', 'Packages'];

/** The directory of the rpmdb in a root, undefined for an image without one. */
export const findRpmdb = async (root: string): Promise<string | undefined> => {
  for (const place of rpmdbPlaces) {
    const path = await insideRoot(root, place);
    if (path === undefined || !(await lstat(path)).isDirectory()) continue;
    for (const name of databaseNames) {
      if (await insideRoot(root, `${place}/${name}`)) return path;
    }
  }
  return undefined;
};
