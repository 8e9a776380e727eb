/**
 * Puts the changes of layers into a mounted root, so that they can be scrubbed and committed as one layer.
 * Whiteouts as the OCI image specification has them (layer.md): `.wh.<name>` removes, `.wh..wh..opq` empties.
 */
import type { Stats } from 'node:fs';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runToSuccess } from './run-program.ts';

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

/** Applies uncompressed layer archives, lowest first. `scratch` must not exist yet, on the same file system best. */
export const applyLayers = async (
  archives: readonly string[],
  root: string,
  scratch: string,
  signal: AbortSignal,
): Promise<void> => {
  for (const archive of archives) {
    await mkdir(scratch, { recursive: true });
    try {
      const extraction = [
        '--extract',
        '--preserve-permissions',
        '--same-owner',
        '--numeric-owner',
        '--xattrs',
      ];
      await runToSuccess({
        file: 'tar',
        args: [...extraction, '--xattrs-include=*', `--directory=${scratch}`, `--file=${archive}`],
        signal,
      });
      await makeWay(scratch, root);
      // Entry by entry, because the scratch directory's own owner and mode are not part of the layer.
      const entries = (await readdir(scratch)).map((name) => join(scratch, name));
      if (entries.length > 0)
        await runToSuccess({ file: 'cp', args: ['--archive', '--', ...entries, root], signal });
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
};

/**
 * Walks the extracted layer, top down: carries out its whiteouts and removes what is of another kind in the root. So
 * every directory that `cp` enters in the root is a real one: no link can lead it outside.
 */
const makeWay = async (layer: string, root: string): Promise<void> => {
  const names = await readdir(layer);
  if (names.includes(opaque)) await emptyDirectory(root);
  for (const name of names) {
    if (!name.startsWith(whiteout)) continue;
    if (name !== opaque) await rm(join(root, name.slice(whiteout.length)), { recursive: true, force: true });
    await rm(join(layer, name));
  }
  for (const name of names) {
    if (name.startsWith(whiteout)) continue;
    const [from, to] = [join(layer, name), join(root, name)];
    const [added, present] = [await lstat(from), await kind(to)];
    if (present === undefined) continue;
    if (added.isDirectory() && present.isDirectory()) await makeWay(from, to);
    else await rm(to, { recursive: true, force: true });
  }
};

const kind = (path: string): Promise<Stats | undefined> => lstat(path).catch(() => undefined);

const emptyDirectory = async (path: string): Promise<void> => {
  for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true });
};
