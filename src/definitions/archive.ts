/** A folder as one artifact: the same files give the same bytes. The worker unpacks it, believing nothing of it. */
import { constants } from 'node:fs';
import { chmod, lutimes, mkdir, open, readdir, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type FolderEntry,
  MAX_FOLDER_ENTRIES,
  MAX_FOLDER_SIZE,
  problemWithLink,
  problemWithPath,
} from './folder-entry.ts';
import { BLOCK, readTar, type TarEntry, tarBlocks } from './ustar.ts';

/** Content, padding, header and pax header of every entry. */
const MAX_UNPACKED = MAX_FOLDER_SIZE + MAX_FOLDER_ENTRIES * BLOCK * 8;

/** Byte of the gzip header (RFC 1952) that names the operating system; 255: unknown. */
const GZIP_OS = 9;

/** tar.gz of the files, sorted, owned by 0:0, all of `mtime` (Unix time, seconds). */
export const createArchive = (entries: readonly FolderEntry[], mtime: number): Buffer => {
  const sorted = [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  const blocks = sorted.map(({ path, mode, content }) => {
    const isLink = mode === '120000';
    return tarBlocks({
      path,
      type: isLink ? 'link' : 'file',
      mode: mode === '100755' || isLink ? 0o755 : 0o644,
      mtime,
      target: isLink ? content.toString('utf8') : '',
      content: isLink ? Buffer.alloc(0) : content,
    });
  });
  const archive = gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), { level: 6 });
  archive[GZIP_OS] = 255;
  return archive;
};

/**
 * Unpacks an archive of {@link createArchive} into an empty directory. Nothing is written unless every entry is fine:
 * no path and no link leads out, none goes through a link, none is there twice.
 * @throws Error naming the entry that is refused.
 */
export const extractArchive = async (bytes: Uint8Array, directory: string): Promise<void> => {
  const entries = readTar(unzipped(bytes));
  const problem = problemWithEntries(entries);
  if (problem !== undefined) throw new Error(`the archive is refused: ${problem}`);
  if ((await readdir(directory)).length > 0)
    throw new Error(`${directory} is not empty; an archive is unpacked into an empty directory`);

  const directories = new Set<string>();
  for (const entry of entries.filter(({ type }) => type !== 'link'))
    await write(entry, directory, directories);
  for (const entry of entries.filter(({ type }) => type === 'link'))
    await write(entry, directory, directories);
  // A directory's time changes with each file in it: last, and the deepest first.
  const mtime = entries[0]?.mtime ?? 0;
  for (const path of [...directories].sort().reverse()) await utimes(path, mtime, mtime);
};

const unzipped = (bytes: Uint8Array): Buffer => {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED });
  } catch (cause) {
    throw new Error('the archive is no gzip file, or unpacks to more than is taken', { cause });
  }
};

const problemWithEntries = (entries: readonly TarEntry[]): string | undefined => {
  const types = new Map<string, TarEntry['type']>();
  for (const { path, type, target } of entries) {
    const problem = problemWithPath(path) ?? (type === 'link' ? problemWithLink(path, target) : undefined);
    if (problem !== undefined) return problem;
    if (types.has(path)) return `${JSON.stringify(path)} is there twice`;
    types.set(path, type);
  }
  for (const path of types.keys()) {
    const through = parentsOf(path).find((parent) => (types.get(parent) ?? 'directory') !== 'directory');
    if (through !== undefined)
      return `${JSON.stringify(path)} goes through ${JSON.stringify(through)}, which is no directory`;
  }
  return undefined;
};

/** `a`, `a/b` of `a/b/c`. */
const parentsOf = (path: string): readonly string[] => {
  const components = path.split('/');
  return components.slice(1).map((_, index) => components.slice(0, index + 1).join('/'));
};

const write = async (entry: TarEntry, root: string, directories: Set<string>): Promise<void> => {
  const path = join(root, entry.path);
  const above = entry.type === 'directory' ? [...parentsOf(entry.path), entry.path] : parentsOf(entry.path);
  await mkdir(entry.type === 'directory' ? path : dirname(path), { recursive: true, mode: 0o755 });
  for (const parent of above) directories.add(join(root, parent));
  if (entry.type === 'link') {
    await symlink(entry.target, path);
    await lutimes(path, entry.mtime, entry.mtime);
  } else if (entry.type === 'file') await writeFile(path, entry);
};

const writeFile = async (path: string, entry: TarEntry): Promise<void> => {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(entry.content);
  } finally {
    await file.close();
  }
  // By name, so that the umask has no say; the executable bit is all that git keeps.
  await chmod(path, (entry.mode & 0o100) === 0 ? 0o644 : 0o755);
  await utimes(path, entry.mtime, entry.mtime);
};
