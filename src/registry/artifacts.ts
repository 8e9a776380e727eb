/** Artifacts: one layer, named by digest, in the form that registries older than OCI 1.1 take. */

import { z } from 'zod';
import { byText } from '../../schemas/by-text.ts';
import { ArtifactDigest, Digest } from '../../schemas/ids.ts';
import { type BlobSource, putBlob, readBlob } from './blobs.ts';
import type { Connection } from './connection.ts';
import { digestOf } from './digests.ts';
import { getManifest, putManifest } from './manifests.ts';
import { ociManifest } from './media-types.ts';
import { RegistryRefused } from './registry-errors.ts';

export interface Artifact {
  /** Media type of the layer, and of the empty config: that is how an artifact's type is told before OCI 1.1. */
  readonly mediaType: string;
  readonly content: BlobSource;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Keeps it from garbage collection. Without one only its digest names it. */
  readonly tag?: string;
}

const ArtifactManifest = z.object({
  config: z.object({ mediaType: z.string() }),
  layers: z.array(z.object({ mediaType: z.string(), digest: Digest, size: z.number() })).length(1),
});

/** Same content, type and annotations: same digest. */
export const pushArtifact = async (
  connection: Connection,
  repository: string,
  artifact: Artifact,
): Promise<ArtifactDigest> => {
  const config = await putBlob(connection, repository, Buffer.from('{}'));
  const layer = await putBlob(connection, repository, artifact.content);
  const annotations = Object.entries(artifact.annotations ?? {}).sort(([a], [b]) => byText(a, b));
  const manifest = {
    schemaVersion: 2,
    mediaType: ociManifest,
    config: { mediaType: artifact.mediaType, ...config },
    layers: [{ mediaType: artifact.mediaType, ...layer }],
    ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const digest = ArtifactDigest.parse(
    await putManifest(connection, repository, artifact.tag ?? digestOf(bytes), bytes, ociManifest),
  );
  return digest;
};

/** The content, verified. With `mediaType`, an artifact of another type is refused. */
export const getArtifact = async (
  connection: Connection,
  repository: string,
  digest: ArtifactDigest,
  mediaType?: string,
): Promise<Buffer> => {
  const stored = await getManifest(connection, repository, digest);
  const request = `GET ${connection.address}/${repository}@${digest}`;
  const manifest = ArtifactManifest.safeParse(stored.json);
  if (!manifest.success) throw new RegistryRefused('not an artifact with one layer', { request });
  const found = manifest.data.config.mediaType;
  if (mediaType !== undefined && found !== mediaType)
    throw new RegistryRefused(`it is ${found}, not ${mediaType}`, { request });
  const [layer] = manifest.data.layers;
  if (layer === undefined) throw new RegistryRefused('not an artifact with one layer', { request });
  return readBlob(connection, repository, layer.digest);
};
