/** The effect of adopting: reads an image of any kind from its registry, per arch, and what is in it. */
import { z } from 'zod';
import { archOfOci, Digest } from '../../../schemas/ids.ts';
import { parseReference, type Reference } from '../../../schemas/pullspec.ts';
import { isIndex } from '../../registry/media-types.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Store } from '../../store/connect.ts';
import type { Adoption } from '../adopting/adopt.ts';
import type { RegistryPort } from '../ports.ts';
import { contentOf } from './content-of.ts';
import type { Foreign, ForeignImage } from './foreign-image.ts';
import { type ImageOutline, readOutline, readOutlinedContent } from './image-content.ts';
import { parentByLayers } from './manifests.ts';

const Index = z.object({
  manifests: z.array(
    z.object({
      digest: Digest,
      platform: z
        .object({ architecture: z.string(), variant: z.string().optional(), os: z.string() })
        .optional(),
    }),
  ),
});

/** @throws RegistryUnavailable: to be tried again. All else that is wrong is a problem of the image, and told. */
export const readForeign = async (
  store: Pick<Store, 'transaction'>,
  open: RegistryPort['registry'],
  { pullspec }: Adoption,
  signal: AbortSignal,
): Promise<Foreign> => {
  const reference = parseReference(pullspec);
  if (reference === undefined) return { problem: 'is no pullspec' };
  const { registry } = open(`${reference.registry}/${reference.repository}`);
  try {
    return await read(store, registry, reference, signal);
  } catch (error) {
    if (signal.aborted || isPassing(error)) throw error;
    return { problem: error instanceof Error ? error.message : String(error) };
  }
};

/** By name, because it may have been wrapped on its way. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'RegistryUnavailable' || isPassing(error.cause));

const read = async (
  store: Pick<Store, 'transaction'>,
  registry: Registry,
  reference: Reference,
  signal: AbortSignal,
): Promise<Foreign> => {
  const { repository } = reference;
  const { digest, arches } = await readArches(store, registry, reference, signal);
  if (arches.length === 0) return { problem: 'its index has no image for linux on an arch that flibs knows' };
  if (arches.every(({ rpms }) => rpms.length === 0))
    return { problem: 'it has no rpm database: flibs can tell nothing of it' };
  return {
    registry: reference.registry,
    repository,
    tag: reference.tag,
    digest,
    arches,
  };
};

/** Each arch of what the reference names, and what is in it. @throws what the registry throws; Error for what is no image. */
export const readArches = async (
  store: Pick<Store, 'transaction'>,
  registry: Registry,
  reference: Reference,
  signal: AbortSignal,
): Promise<Pick<ForeignImage, 'digest' | 'arches'>> => {
  const { repository } = reference;
  const stored = await registry.getManifest(repository, reference.digest ?? reference.tag);
  const manifests = isIndex(stored.mediaType) ? manifestsOf(stored.json) : [stored.digest];
  const arches: ForeignImage['arches'][number][] = [];
  for (const digest of manifests) {
    const outline = await readOutline(registry, repository, digest);
    if (arches.some((each) => each.outline.arch === outline.arch)) continue;
    arches.push({ outline, rpms: await contentFor(store, registry, repository, outline, signal) });
  }
  return { digest: stored.digest, arches };
};

/** Of images only: attestations and other operating systems are passed over. */
const manifestsOf = (json: unknown): readonly Digest[] =>
  Index.parse(json).manifests.flatMap(({ digest, platform }) =>
    platform !== undefined && platform.os === 'linux' && archOfOci(platform) !== undefined ? [digest] : [],
  );

/** Layers that a known manifest shares are not read again where those above leave the packages alone. */
const contentFor = async (
  store: Pick<Store, 'transaction'>,
  registry: Registry,
  repository: string,
  outline: ImageOutline,
  signal: AbortSignal,
) => {
  const parent = await store.transaction((tx) => parentByLayers({ tx }, { ...outline, image: '' }), 'adopt');
  const options = parent === undefined ? { signal } : { known: parent.layers, signal };
  const rpms = await readOutlinedContent(registry, repository, outline, options);
  if (rpms !== undefined || parent === undefined) return rpms ?? [];
  return store.transaction((tx) => contentOf(tx, parent.digest), 'adopt');
};
