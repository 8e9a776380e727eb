/** The effect of definitions-loader: reads all definitions, pushes changed folders, keeps what was good of those that broke. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { DistroRelease, LoadedDistroRelease } from '../../schemas/files/distro-release.ts';
import { ImageDefinition } from '../../schemas/files/image.ts';
import {
  type DefinitionFolder,
  type DefinitionSource,
  readDefinitions,
} from '../definitions/read-definitions.ts';
import { imageGraph } from '../images/image-graph.ts';
import { readImage } from '../images/read-image.ts';
import { sourceArtifact } from '../registry/media-types.ts';
import type { Store } from '../store/connect.ts';
import type { Loaded } from './definitions.ts';
import type { RegistryPort } from './ports.ts';
import { sourceRepository } from './registry-paths.ts';
import type { Settings } from './settings.ts';

export interface DefinitionsOptions {
  readonly source: DefinitionSource;
  readonly distroReleases: readonly DistroRelease[];
  readonly settings: Settings;
  readonly store: Pick<Store, 'db'>;
  readonly registry: RegistryPort['registry'];
}

type Problem = Loaded['problems'][number];

/** @throws Error when the source as a whole, or a key of a repository, cannot be read. */
export const loadDefinitions = async (options: DefinitionsOptions): Promise<Loaded> => {
  const releases = await Promise.all(options.distroReleases.map(withKeys));
  const known = await knownDefinitions(options);
  const { folders, refused } = await readDefinitions(options.source);
  const problems: Problem[] = refused.map(({ name, problem }) => ({ folder: name, problems: [problem] }));
  const images: ImageDefinition[] = [];
  for (const folder of folders) {
    const read = readImage(folder.files, options.distroReleases);
    if ('image' in read)
      images.push(await withSources(options, read.image, folder, known.get(read.image.name)));
    else problems.push({ folder: folder.name, problems: read.problems });
  }
  // A slip in one folder must not end the image: what was good stays in force.
  for (const { folder } of problems) {
    const good = known.get(folder);
    if (good !== undefined) images.push(good);
  }
  const graph = imageGraph(images);
  if ('problems' in graph) {
    return loadedFrom([...known.values()], releases, [
      ...problems,
      { folder: '*', problems: graph.problems },
    ]);
  }
  return loadedFrom(images, releases, problems);
};

const loadedFrom = (
  images: readonly ImageDefinition[],
  releases: readonly LoadedDistroRelease[],
  problems: readonly Problem[],
): Loaded => {
  const sorted = [...images].sort((a, b) => (a.name < b.name ? -1 : 1));
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([sorted, releases]))
    .digest('hex');
  return { fingerprint, images: sorted, releases, problems };
};

/** By folder, as the current revision has them. */
const knownDefinitions = async ({ store }: DefinitionsOptions): Promise<Map<string, ImageDefinition>> => {
  const rows = await store.db
    .selectFrom('image')
    .select(['name', 'definition'])
    .where('to_revision', 'is', null)
    .execute();
  return new Map(rows.map((row) => [row.name, ImageDefinition.parse(row.definition)]));
};

/** Workers take the folder from the registry; an unchanged one lies there already. */
const withSources = async (
  { settings, registry: open }: DefinitionsOptions,
  image: ImageDefinition,
  folder: DefinitionFolder,
  known: ImageDefinition | undefined,
): Promise<ImageDefinition> => {
  if (known?.treeId === image.treeId && known.sources !== undefined) {
    // The time of a working copy's files says nothing that the tree does not.
    return { ...image, sources: known.sources, sourceTime: known.sourceTime };
  }
  const { registry, repository } = open(sourceRepository(settings, image.name));
  const content = await folder.archive();
  const tag = `source-${image.treeId}`;
  const sources = await registry.pushArtifact(repository, { mediaType: sourceArtifact, content, tag });
  return { ...image, sources };
};

const withKeys = async (release: DistroRelease): Promise<LoadedDistroRelease> => {
  const repositories = await Promise.all(
    release.repositories.map(async (repository) => ({
      ...repository,
      keys: await Promise.all(repository.gpgkeys.map((key) => readKey(release.name, repository.id, key))),
    })),
  );
  return { ...release, repositories };
};

const readKey = async (release: string, repository: string, key: string): Promise<string> => {
  const path = key.startsWith('file:') ? fileURLToPath(key) : key;
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const where = `distro release ${release}, repository ${repository}`;
    throw new Error(
      `${where}: the key ${key} cannot be read; gpgkeys names files with armoured public keys`,
      { cause },
    );
  }
};
