/** Our client of the OCI distribution API. */
import type { ArtifactDigest, Digest } from '../../schemas/ids.ts';
import { type Artifact, getArtifact, pushArtifact } from './artifacts.ts';
import {
  type BlobDescriptor,
  type BlobSource,
  hasBlob,
  mountBlob,
  putBlob,
  readBlob,
  streamBlob,
} from './blobs.ts';
import { type Connection, connectTo, type RegistryAddress } from './connection.ts';
import { copyImage } from './copy-image.ts';
import {
  deleteManifest,
  getManifest,
  headManifest,
  listTags,
  type ManifestHead,
  putManifest,
  type StoredManifest,
} from './manifests.ts';
import { RegistryRefused } from './registry-errors.ts';

/**
 * One registry. Every call tries again on 429, 5xx and lost connections, and then throws RegistryUnavailable (wait);
 * what the registry refuses is RegistryRefused (a person must look).
 */
export interface Registry {
  readonly address: string;
  readonly connection: Connection;
  /** Resolves when the registry answers at all. */
  ping(): Promise<void>;
  headManifest(repository: string, reference: string): Promise<ManifestHead | undefined>;
  getManifest(repository: string, reference: string): Promise<StoredManifest>;
  putManifest(repository: string, reference: string, bytes: Uint8Array, mediaType: string): Promise<Digest>;
  deleteManifest(repository: string, digest: Digest): Promise<void>;
  hasBlob(repository: string, digest: Digest): Promise<boolean>;
  getBlob(repository: string, digest: Digest): Promise<Buffer>;
  streamBlob(repository: string, digest: Digest, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  putBlob(repository: string, source: BlobSource): Promise<BlobDescriptor>;
  mountBlob(from: string, to: string, digest: Digest): Promise<boolean>;
  pushArtifact(repository: string, artifact: Artifact): Promise<ArtifactDigest>;
  getArtifact(repository: string, digest: ArtifactDigest, mediaType?: string): Promise<Buffer>;
  /** Copies an index with all its children, or one manifest, to another repository here or elsewhere. */
  copyImage(copy: { from: string; to: string; destination?: Registry; digest: Digest }): Promise<void>;
  listTags(repository: string): Promise<readonly string[]>;
  /** Points a tag at a manifest or index that is in the repository already. */
  tag(repository: string, tag: string, digest: Digest): Promise<void>;
}

export const openRegistry = (address: RegistryAddress): Registry => {
  const connection = connectTo(address);
  return {
    address: address.address,
    connection,
    ping: async () => {
      const response = await connection.request({ method: 'GET', path: '', expected: [401, 404] });
      await response.body?.cancel();
    },
    headManifest: (repository, reference) => headManifest(connection, repository, reference),
    getManifest: (repository, reference) => getManifest(connection, repository, reference),
    putManifest: (repository, reference, bytes, mediaType) =>
      putManifest(connection, repository, reference, bytes, mediaType),
    deleteManifest: (repository, digest) => deleteManifest(connection, repository, digest),
    hasBlob: (repository, digest) => hasBlob(connection, repository, digest),
    getBlob: (repository, digest) => readBlob(connection, repository, digest),
    streamBlob: (repository, digest, signal) => streamBlob(connection, repository, digest, signal),
    putBlob: (repository, source) => putBlob(connection, repository, source),
    mountBlob: (from, to, digest) => mountBlob(connection, from, to, digest),
    pushArtifact: (repository, artifact) => pushArtifact(connection, repository, artifact),
    getArtifact: (repository, digest, mediaType) => getArtifact(connection, repository, digest, mediaType),
    copyImage: ({ from, to, destination, digest }) =>
      copyImage(
        { connection, repository: from },
        { connection: destination?.connection ?? connection, repository: to },
        digest,
      ),
    listTags: (repository) => listTags(connection, repository),
    tag: (repository, tag, digest) => moveTag(connection, repository, tag, digest),
  };
};

const moveTag = async (
  connection: Connection,
  repository: string,
  tag: string,
  digest: Digest,
): Promise<void> => {
  const stored = await getManifest(connection, repository, digest);
  const put = await putManifest(connection, repository, tag, stored.bytes, stored.mediaType);
  if (put !== digest) {
    throw new RegistryRefused(`tag ${tag} got ${put} instead of ${digest}`, { request: `PUT ${repository}` });
  }
};
