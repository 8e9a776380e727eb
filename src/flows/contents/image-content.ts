/** What is in an image that lies in a registry, whoever built it, on one architecture: read without running it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Rpm } from '../../../schemas/content.ts';
import { type Arch, archOfOci, Digest, ManifestDigest } from '../../../schemas/ids.ts';
import { readLayeredContent } from '../../building/layered-content.ts';
import { chainIdsOf } from '../../content/chain-ids.ts';
import { isIndex } from '../../registry/media-types.ts';
import type { Registry } from '../../registry/registry.ts';

type Reading = Pick<Registry, 'getManifest' | 'getBlob' | 'streamBlob'>;

/** An image without its content. */
export interface ImageOutline {
  readonly manifestDigest: ManifestDigest;
  readonly configDigest: Digest;
  readonly arch: Arch;
  readonly labels: Readonly<Record<string, string>>;
  /** Compressed layers as the registry has them, lowest first. */
  readonly layers: readonly Digest[];
  /**
   * For each layer, the chain id of the stack up to it: equal for equal unpacked bytes, however they were compressed
   * (OCI image specification, config.md).
   */
  readonly chainIds: readonly Digest[];
}

const Manifest = z.object({
  config: z.object({ digest: Digest }),
  layers: z.array(z.object({ digest: Digest })),
});

const Config = z.object({
  architecture: z.string(),
  variant: z.string().optional(),
  os: z.string(),
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
  rootfs: z.object({ diff_ids: z.array(Digest).nullable() }),
});

/**
 * Reads manifest and config of one arch's image.
 * @throws Error that says why it is no such image; RegistryUnavailable, RegistryRefused.
 */
export const readOutline = async (
  registry: Reading,
  repository: string,
  digest: Digest,
): Promise<ImageOutline> => {
  const stored = await registry.getManifest(repository, digest);
  if (isIndex(stored.mediaType)) throw new Error(`${repository}@${digest} is an index, not one arch's image`);
  const manifest = Manifest.safeParse(stored.json);
  if (!manifest.success)
    throw new Error(`${repository}@${digest} is no image of a kind that flibs reads: ${stored.mediaType}`);
  const blob = await registry.getBlob(repository, manifest.data.config.digest);
  const config = readConfig(blob, `${repository}@${digest}`);
  const diffIds = config.rootfs.diff_ids ?? [];
  const layers = manifest.data.layers.map((layer) => layer.digest);
  const arch = archOfOci(config);
  if (config.os !== 'linux' || arch === undefined)
    throw new Error(
      `${repository}@${digest} is for ${config.os}/${config.architecture}, which flibs does not know`,
    );
  if (diffIds.length !== layers.length)
    throw new Error(
      `${repository}@${digest} has ${layers.length} layers, and its config tells of ${diffIds.length}`,
    );
  return {
    manifestDigest: ManifestDigest.parse(stored.digest),
    configDigest: manifest.data.config.digest,
    arch,
    labels: config.config?.Labels ?? {},
    layers,
    chainIds: chainIdsOf(diffIds),
  };
};

const readConfig = (blob: Buffer, name: string): z.infer<typeof Config> => {
  try {
    return Config.parse(JSON.parse(blob.toString('utf8')));
  } catch (cause) {
    throw new Error(`${name} has a config that is none of an image`, { cause });
  }
};

/**
 * The RPMs of an image, sorted by NEVRA, from its layers. `known`: so many of the lowest layers are those of an image
 * whose content is known; undefined comes back when the layers above have the same packages.
 * @throws Error naming the layer that cannot be read; RegistryUnavailable, RegistryRefused.
 */
export const readOutlinedContent = async (
  registry: Reading,
  repository: string,
  { layers }: Pick<ImageOutline, 'layers'>,
  { known, signal }: { known?: number; signal?: AbortSignal } = {},
): Promise<readonly Rpm[] | undefined> => {
  const scratch = await mkdtemp(join(tmpdir(), 'flibs-content-'));
  try {
    const content = await readLayeredContent(
      layers.map((digest) => ({
        name: `layer ${digest}`,
        open: () => openBlob(registry, repository, digest, signal),
      })),
      { scratch, signal, ...(known === undefined ? {} : { known }) },
    );
    return content?.rpms;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

async function* openBlob(
  registry: Reading,
  repository: string,
  digest: Digest,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  yield* await registry.streamBlob(repository, digest, signal);
}

/** Both in one: for whoever knows nothing of the image yet. */
export const readImageContent = async (
  registry: Reading,
  repository: string,
  digest: Digest,
  signal?: AbortSignal,
): Promise<{ readonly outline: ImageOutline; readonly rpms: readonly Rpm[] }> => {
  const outline = await readOutline(registry, repository, digest);
  const rpms = await readOutlinedContent(
    registry,
    repository,
    outline,
    signal === undefined ? {} : { signal },
  );
  return { outline, rpms: rpms ?? [] };
};
