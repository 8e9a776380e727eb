/** Stands in for the registries of candidates and of releases: manifests, artifacts and tags by repository. */
import { createHash } from 'node:crypto';
import { ArtifactDigest, Digest } from '../../schemas/ids.ts';
import type { RegistryPort } from '../../src/flows/ports.ts';
import type { Registry } from '../../src/registry/registry.ts';

interface Stored {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

export interface InMemoryRegistry extends RegistryPort {
  put(place: string, bytes: Buffer, mediaType: string): Digest;
  putArtifact(place: string, content: unknown): ArtifactDigest;
  /** By digest, wherever it lies. */
  read(digest: string): unknown;
  /** What each tag of a repository points to. */
  tagsOf(place: string): Readonly<Record<string, string>>;
  readonly state: RegistryState;
}

/** All that a registry holds; another one may begin with it. */
export interface RegistryState {
  readonly stored: ReadonlyMap<string, Stored>;
  readonly places: ReadonlyMap<string, Place>;
}

const digestOf = (bytes: Uint8Array): Digest =>
  Digest.parse(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);

interface Place {
  readonly digests: Set<string>;
  readonly tags: Map<string, string>;
}

export const inMemoryRegistry = (
  from: RegistryState = { stored: new Map(), places: new Map() },
): InMemoryRegistry => {
  const stored = new Map(from.stored);
  const places = new Map(
    [...from.places].map(([place, { digests, tags }]): [string, Place] => [
      place,
      { digests: new Set(digests), tags: new Map(tags) },
    ]),
  );
  const at = (place: string): Place => {
    const known: Place = places.get(place) ?? { digests: new Set(), tags: new Map() };
    places.set(place, known);
    return known;
  };
  const put = (place: string, bytes: Buffer, mediaType: string): Digest => {
    const digest = digestOf(bytes);
    stored.set(digest, { bytes, mediaType });
    at(place).digests.add(digest);
    return digest;
  };
  const head = (place: string, reference: string) => {
    const { digests, tags } = at(place);
    const digest = tags.get(reference) ?? (digests.has(reference) ? reference : undefined);
    const found = digest === undefined ? undefined : stored.get(digest);
    if (digest === undefined || found === undefined) return undefined;
    return { digest: Digest.parse(digest), mediaType: found.mediaType, size: found.bytes.length };
  };
  const registry = registryOf({ head, put, at, stored });
  return {
    put,
    putArtifact: (place, content) =>
      ArtifactDigest.parse(put(place, Buffer.from(JSON.stringify(content)), 'artifact')),
    read: (digest) => JSON.parse(stored.get(digest)?.bytes.toString('utf8') ?? 'null'),
    tagsOf: (place) => Object.fromEntries(at(place).tags),
    state: { stored, places },
    registry: (place) => ({ registry, repository: place }),
  };
};

interface Inside {
  readonly head: (place: string, reference: string) => Awaited<ReturnType<Registry['headManifest']>>;
  readonly put: InMemoryRegistry['put'];
  readonly at: (place: string) => Place;
  readonly stored: ReadonlyMap<string, Stored>;
}

const notHere = (): Promise<never> => Promise.reject(new Error('the simulation does not need this'));

/** What the consumers' effects use of a registry, and no more. */
const registryOf = ({ head, put, at, stored }: Inside): Registry => ({
  address: 'registry.test:5000',
  connection: { address: 'registry.test:5000', request: notHere },
  ping: async () => undefined,
  headManifest: async (place, reference) => head(place, reference),
  putManifest: async (place, tag, bytes, mediaType) => {
    const digest = put(place, Buffer.from(bytes), mediaType);
    at(place).tags.set(tag, digest);
    return digest;
  },
  getArtifact: async (place, digest) => {
    const artifact = at(place).digests.has(digest) ? stored.get(digest) : undefined;
    if (artifact === undefined) throw new Error(`${place} has no artifact ${digest}`);
    return artifact.bytes;
  },
  copyImage: async ({ from, to, digest }) => {
    if (!at(from).digests.has(digest)) throw new Error(`${from} has no ${digest}`);
    at(to).digests.add(digest);
  },
  tag: async (place, tag, digest) => {
    if (!at(place).digests.has(digest)) throw new Error(`${place} has no ${digest} to tag`);
    at(place).tags.set(tag, digest);
  },
  getManifest: notHere,
  deleteManifest: notHere,
  hasBlob: notHere,
  getBlob: notHere,
  streamBlob: notHere,
  putBlob: notHere,
  mountBlob: notHere,
  pushArtifact: notHere,
  listTags: notHere,
});
