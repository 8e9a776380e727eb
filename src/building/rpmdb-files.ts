/** What one layer of an image says of rpm's databases: their files, and what it hides of those below. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Parser, type ReadEntry } from 'tar';
import { rpmdbPlaces } from './inside-root.ts';

/** Bytes beyond which a database is not believed; Fedora's have some tens of MiB. */
const maxSize = 1024 ** 3;

export interface LayerScan {
  /** Paths of the database files that it has, which are now in the directory. */
  readonly files: ReadonlySet<string>;
  /** Places, and paths in them, of which nothing shows through from the layers below. */
  readonly hidden: ReadonlySet<string>;
}

/** The directory in which the files of a place are kept. */
export const keptIn = (directory: string, place: string): string =>
  join(directory, String(rpmdbPlaces.indexOf(place)));

/** By the place's number and a name that is checked, so never outside the directory. */
const keptAt = (directory: string, path: string): string => {
  const { parent, name } = split(path);
  return join(keptIn(directory, parent), name);
};

/**
 * Reads the archive of a layer to its end, and copies those files of its databases that are `wanted`.
 * Whiteouts as the OCI image specification has them (layer.md); they speak of the layers below only.
 * @throws Error for a broken archive, and for a database of an absurd size.
 */
export const scanLayer = async (
  open: () => AsyncIterable<Uint8Array>,
  directory: string,
  wanted: (path: string) => boolean,
): Promise<LayerScan> => {
  const files = new Set<string>();
  const hidden = new Set<string>();
  /** Targets of hard links: ostree's images keep every file as an object that others link to. */
  const links = new Map<string, string>();
  for (const place of rpmdbPlaces) mkdirSync(keptIn(directory, place), { recursive: true });
  await readArchive(open(), (entry) => {
    const path = pathOf(entry.path);
    for (const gone of hiddenBy(path, entry)) hidden.add(gone);
    if (!isDatabaseFile(path, entry) || !wanted(path)) return undefined;
    files.add(path);
    if (entry.type !== 'Link') return keptAt(directory, path);
    links.set(path, pathOf(entry.linkpath ?? ''));
    return undefined;
  });
  if (links.size > 0) await followLinks(open(), directory, links);
  return { files, hidden };
};

/** Without a leading `./` or `/`, with one of our own. A path with `..` in it is nowhere. */
const pathOf = (path: string): string => {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? '' : `/${parts.join('/')}`;
};

const split = (path: string): { parent: string; name: string } => {
  const slash = path.lastIndexOf('/');
  return { parent: path.slice(0, slash), name: path.slice(slash + 1) };
};

const hiddenBy = (path: string, entry: ReadEntry): readonly string[] => {
  const { parent, name } = split(path);
  if (name === '.wh..wh..opq') return placesAt(parent);
  if (name.startsWith('.wh.')) {
    const gone = `${parent}/${name.slice('.wh.'.length)}`;
    return [gone, ...placesAt(gone)];
  }
  if (rpmdbPlaces.includes(parent)) return [path];
  // A link or a file where the layers below may have a directory.
  return entry.type === 'Directory' || entry.type === 'GNUDumpDir' ? [] : placesAt(path);
};

/** The places that are this path or lie below it. */
const placesAt = (path: string): readonly string[] =>
  rpmdbPlaces.filter((place) => `${place}/`.startsWith(`${path}/`));

const isDatabaseFile = (path: string, { type }: ReadEntry): boolean => {
  const { parent, name } = split(path);
  const file = type === 'File' || type === 'OldFile' || type === 'ContiguousFile' || type === 'Link';
  return file && rpmdbPlaces.includes(parent) && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name);
};

/** Once more through the archive, for the files that links stand for. */
const followLinks = async (
  bytes: AsyncIterable<Uint8Array>,
  directory: string,
  links: ReadonlyMap<string, string>,
): Promise<void> => {
  const byTarget = new Map<string, string[]>();
  for (const [path, target] of links) byTarget.set(target, [...(byTarget.get(target) ?? []), path]);
  const copied = new Map<string, string>();
  await readArchive(bytes, (entry) => {
    const target = pathOf(entry.path);
    const [first] = byTarget.get(target) ?? [];
    if (first === undefined || entry.type === 'Link') return undefined;
    copied.set(target, keptAt(directory, first));
    return keptAt(directory, first);
  });
  for (const [target, paths] of byTarget) {
    const source = copied.get(target);
    if (source === undefined) throw new Error(`${paths[0]} is a link to ${target}, which the layer lacks`);
    for (const path of paths.slice(1)) await copyFile(source, keptAt(directory, path));
  }
};

/** Bytes of a block of a tar archive, which ends with two blocks of zeros. */
const blockSize = 512;

/** Hands each entry over, and writes its content to the file that it is given. */
const readArchive = async (
  bytes: AsyncIterable<Uint8Array>,
  onEntry: (entry: ReadEntry) => string | undefined,
): Promise<void> => {
  let broken: Error | undefined;
  const parser = new Parser({
    gzip: false,
    brotli: false,
    zstd: false,
    onReadEntry: (entry) => {
      try {
        const file = onEntry(entry);
        if (file === undefined) entry.resume();
        else keep(entry, file);
      } catch (error) {
        broken ??= asError(error);
        entry.resume();
      }
    },
    onwarn: (code, message) => {
      if (code === 'TAR_BAD_ARCHIVE' || code === 'TAR_ENTRY_INVALID' || code === 'TAR_ABORT')
        broken ??= new Error(`is not a whole archive: ${message}`);
    },
  });
  let length = 0;
  let isBlank = true;
  // What it hands over is taken at once, so that it never makes us wait.
  for await (const chunk of bytes) {
    length += chunk.length;
    isBlank &&= chunk.every((byte) => byte === 0);
    // It reads numbers as only a Buffer can; those of fetch are none.
    parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (broken !== undefined) throw broken;
  }
  // An archive without entries is nothing but its end, which the parser takes for no archive at all.
  if (isBlank && length >= 2 * blockSize && length % blockSize === 0) return;
  parser.end();
  if (broken !== undefined) throw broken;
};

const keep = (entry: ReadEntry, file: string): void => {
  if (entry.size > maxSize) throw new Error(`${entry.path} has ${entry.size} bytes, which is too much`);
  const descriptor = openSync(file, 'w', 0o600);
  entry.on('data', (chunk) => {
    writeSync(descriptor, chunk);
  });
  entry.on('end', () => closeSync(descriptor));
};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
