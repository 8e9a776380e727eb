/** The effect of definitions-loader: reads all definitions, pushes changed folders, keeps what was good of those that broke. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { DistroRelease, LoadedDistroRelease } from '../../../schemas/files/distro-release.ts';
import { ImageDefinition } from '../../../schemas/files/image.ts';
import type { Rule } from '../../../schemas/files/rule.ts';
import type { ImageName } from '../../../schemas/ids.ts';
import {
  type DefinitionFolder,
  type DefinitionSource,
  readDefinitions,
} from '../../definitions/read-definitions.ts';
import type { PolicySet } from '../../gating/policy-yaml.ts';
import { readImage } from '../../images/read-image.ts';
import { type NewDefinition, soundDefinitions } from '../../images/sound-definitions.ts';
import { sourceArtifact } from '../../registry/media-types.ts';
import type { Store } from '../../store/connect.ts';
import type { RegistryPort } from '../ports.ts';
import { sourceRepository } from '../registry-paths.ts';
import type { Settings } from '../settings.ts';
import type { Loaded } from './definitions.ts';
import { loadPolicies } from './policies.ts';

export interface DefinitionsOptions {
  readonly source: DefinitionSource;
  readonly distroReleases: readonly DistroRelease[];
  readonly rules: readonly Rule[];
  /** Folder with the policies of the gate; empty: there are none. */
  readonly policies: string;
  readonly settings: Settings;
  readonly store: Pick<Store, 'db'>;
  readonly registry: RegistryPort['registry'];
}

/** @throws Error when the source as a whole, or a key of a repository, cannot be read. */
export const loadDefinitions = async (options: DefinitionsOptions): Promise<Loaded> => {
  const releases = await Promise.all(options.distroReleases.map(withKeys));
  const inForce = await definitionsInForce(options);
  const { folders, refused, commit } = await readDefinitions(options.source);
  const problems = new Map<string, readonly string[]>(refused.map(({ name, problem }) => [name, [problem]]));
  const read = new Map<ImageName, NewDefinition & { readonly folder: DefinitionFolder }>();
  for (const folder of folders) {
    const one = readImage(folder.files, options.distroReleases);
    if ('image' in one) read.set(one.image.name, { ...one, folder });
    else problems.set(folder.name, one.problems);
  }
  const sound = soundDefinitions({ read: [...read.values()], broken: new Set(problems.keys()), inForce });
  for (const [name, found] of sound.refused) problems.set(name, found);
  const gate = await loadPolicies(options.policies, options.store.db);
  if (gate.problems.length > 0) problems.set('gate.policies', gate.problems);
  const images: ImageDefinition[] = [];
  for (const image of sound.images) {
    const taken = read.get(image.name);
    const isNew = taken !== undefined && taken.image === image;
    images.push(isNew ? await withSources(options, image, taken.folder, inForce.get(image.name)) : image);
  }
  return { ...loadedFrom(images, releases, options.rules, gate.policies, problems), commit };
};

const loadedFrom = (
  images: readonly ImageDefinition[],
  releases: readonly LoadedDistroRelease[],
  rules: readonly Rule[],
  policies: PolicySet,
  problems: ReadonlyMap<string, readonly string[]>,
): Loaded => {
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([images, releases, rules, policies]))
    .digest('hex');
  return {
    fingerprint,
    images,
    releases,
    rules,
    policies,
    problems: [...problems].map(([folder, found]) => ({ folder, problems: found })),
  };
};

/** As the current revision has them, those of releases that are configured no more apart. */
const definitionsInForce = async ({
  store,
  distroReleases,
}: DefinitionsOptions): Promise<Map<ImageName, ImageDefinition>> => {
  const releases = new Set<string>(distroReleases.map(({ name }) => name));
  const rows = await store.db
    .selectFrom('image')
    .select(['name', 'definition'])
    .where('to_revision', 'is', null)
    .execute();
  return new Map(
    rows
      .map((row) => ImageDefinition.parse(row.definition))
      .filter(({ distroRelease }) => releases.has(distroRelease))
      .map((image) => [image.name, image]),
  );
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
  // No worker will ask for it.
  if (settings.observe) return image;
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
