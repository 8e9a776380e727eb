/** Copies an image with equal digests, from repository to repository or registry to registry. Repeatable at any point. */
import { z } from 'zod';
import { Digest } from '../../schemas/ids.ts';
import { copyBlob } from './blobs.ts';
import type { Connection } from './connection.ts';
import { getManifest, headManifest, putManifest, type StoredManifest } from './manifests.ts';
import { isIndex } from './media-types.ts';
import { RegistryRefused } from './registry-errors.ts';

export interface Place {
  readonly connection: Connection;
  readonly repository: string;
}

const Descriptor = z.object({ digest: Digest, size: z.number().int().nonnegative() });
const Index = z.object({ manifests: z.array(Descriptor) });
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor) });

/**
 * Copies an index with all its manifests, or one manifest, with all blobs. Children go before the index that names
 * them, so that the destination never holds an index that cannot be pulled; what is there already is not sent again.
 */
export const copyImage = async (from: Place, to: Place, digest: Digest): Promise<void> => {
  const stored = await getManifest(from.connection, from.repository, digest);
  if (isIndex(stored.mediaType)) {
    const index = read(Index, stored, from);
    for (const child of index.manifests) await copyImage(from, to, child.digest);
  } else {
    if (await headManifest(to.connection, to.repository, digest)) return;
    const manifest = read(Manifest, stored, from);
    for (const blob of [manifest.config, ...manifest.layers]) await copyBlob(from, to, blob);
  }
  await putManifest(to.connection, to.repository, digest, stored.bytes, stored.mediaType);
};

const read = <T extends z.ZodType>(schema: T, stored: StoredManifest, from: Place): z.infer<T> => {
  const result = schema.safeParse(stored.json);
  if (result.success) return result.data;
  throw new RegistryRefused(`not a manifest of type ${stored.mediaType}`, {
    request: `GET ${from.connection.address}/${from.repository}@${stored.digest}`,
    cause: result.error,
  });
};
