/** What is in an image, read from the archives of its layers: nothing is unpacked but rpm's database, nothing is run. */
import { mkdir } from 'node:fs/promises';
import { databaseNames, rpmdbPlaces } from './inside-root.ts';
import { type InstalledContent, readRpmdb } from './read-content.ts';
import { keptIn, scanLayer } from './rpmdb-files.ts';
import { unpackLayer } from './unpack-layer.ts';

export interface ImageLayer {
  /** For messages. */
  readonly name: string;
  /** The archive as the registry has it, compressed or not. Called again when links in it must be followed. */
  open(): AsyncIterable<Uint8Array>;
}

export interface ReadingLayers {
  /** An empty directory, which the caller removes. */
  readonly scratch: string;
  /** So many of the lowest layers are known: they are read only where the others do not tell everything. */
  readonly known?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads from the top layer down, as far as the one that has the database. An image without one has no packages.
 * @returns undefined when all layers above those that are known leave the database alone.
 * @throws Error naming the layer that is broken; or when rpm of this host cannot read the database.
 */
export const readLayeredContent = async (
  layers: readonly ImageLayer[],
  { scratch, known = 0, signal }: ReadingLayers,
): Promise<InstalledContent | undefined> => {
  await mkdir(scratch, { recursive: true });
  const files = new Set<string>();
  const hidden = new Set<string>();
  const isWanted = (path: string): boolean =>
    !files.has(path) &&
    !hidden.has(path) &&
    !rpmdbPlaces.some((at) => hidden.has(at) && path.startsWith(`${at}/`));
  for (const [at, layer] of [...layers.entries()].reverse()) {
    if (at < known && files.size === 0 && hidden.size === 0) return undefined;
    signal?.throwIfAborted();
    const scan = await scanLayer(() => unpackLayer(layer.open()), scratch, isWanted).catch(
      (cause: unknown) => {
        throw new Error(`${layer.name} cannot be read: ${reasonOf(cause)}`, { cause });
      },
    );
    for (const path of scan.files) files.add(path);
    for (const path of scan.hidden) hidden.add(path);
    const place = placeOf(files);
    if (place !== undefined) return readRpmdb(keptIn(scratch, place), { HOME: scratch });
  }
  return { rpms: [], newestBuild: 0 };
};

/** The place whose database has been found. */
const placeOf = (files: ReadonlySet<string>): string | undefined =>
  rpmdbPlaces.find((place) => databaseNames.some((name) => files.has(`${place}/${name}`)));

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
