/** The image-builder; unless told otherwise with a fake builder in place of buildah, and a registry in memory. */
import { createHash, randomUUID } from 'node:crypto';
import { startImageBuilder } from '../../../consumers/image-builder.ts';
import { ContentList } from '../../../schemas/content.ts';
import { Arch, ArtifactDigest, ContentId, Digest, ManifestDigest } from '../../../schemas/ids.ts';
import type { Built } from '../../../src/building/build-image.ts';
import type { Builder } from '../../../src/building/builder.ts';
import { createArchive } from '../../../src/definitions/archive.ts';
import { ociManifest, sourceArtifact } from '../../../src/registry/media-types.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import { aScriptedBus } from '../../store/scripted-bus.ts';
import { saidBy, silent, until } from '../runtime/a-worker.ts';

export const destination = 'registry.example.com/app';

const digestOf = (bytes: Uint8Array): Digest =>
  Digest.parse(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);

const sources = createArchive(
  [{ path: 'Containerfile', mode: '100644', content: Buffer.from('FROM scratch\n') }],
  1,
);

export const aBuildCommand = (changes: Readonly<Record<string, unknown>> = {}) => ({
  schemaVersion: 1,
  kind: 'build',
  run: randomUUID(),
  nvr: 'app-1-1',
  image: 'app',
  arch: 'x86_64',
  recipe: { kind: 'containerfile', path: 'Containerfile' },
  sources: `${destination}@${digestOf(sources)}`,
  parents: [],
  repositories: [],
  releasever: '40',
  labels: {},
  stampedLabels: {},
  sourceDateEpoch: 1,
  proofs: [],
  destination,
  tag: 'app-1-1.x86_64',
  timeout: 60,
  ...changes,
});

const contentId = ContentId.parse(digestOf(Buffer.from('content')));
const made = {
  contentId,
  contentList: ContentList.parse({ schemaVersion: 1, image: 'app', arch: 'x86_64', contentId, rpms: [] }),
  toolchain: { buildah: 'fake' },
};

export const builtUnchanged = {
  ...made,
  outcome: 'unchanged' as const,
  manifestDigest: ManifestDigest.parse(digestOf(Buffer.from('baseline'))),
};

/** What the fake builder says that it has pushed. */
const pushed = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociManifest, layers: [] }));

const succeeded: Built = {
  ...made,
  outcome: 'succeeded',
  pushed: digestOf(pushed),
  stamp: {
    config: {
      created: '1970-01-01T00:00:01Z',
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [] },
      history: [],
    },
    labels: { version: '1' },
    created: 1,
  },
};

/** Builds nothing: says that it has, and prints a line. */
export const aFakeBuilder = (
  changes: Partial<Builder> = {},
): Pick<Builder, 'toolchain' | 'build' | 'test'> => ({
  toolchain: { buildah: 'fake' },
  build: async (_order, { onOutput }) => {
    onOutput('building\n');
    return succeeded;
  },
  test: async () => ({ exitCode: 0, output: '' }),
  ...changes,
});

interface Tagged {
  readonly digest: string;
  readonly mediaType: string;
  readonly text: string;
}

type Used = Pick<Registry, 'getArtifact' | 'pushArtifact' | 'getManifest' | 'putBlob' | 'putManifest'>;

/** Holds the sources and what the fake builder pushes; `tags` by `place:tag`. */
export const aRegistryInMemory = (): Used & { readonly tags: ReadonlyMap<string, Tagged> } => {
  const tags = new Map<string, Tagged>();
  const artifacts = new Map([[String(digestOf(sources)), { mediaType: sourceArtifact, bytes: sources }]]);
  const manifests = new Map([[String(digestOf(pushed)), pushed]]);
  const put = (repository: string, tag: string | undefined, mediaType: string, bytes: Buffer): Digest => {
    const digest = digestOf(bytes);
    const place = `registry.example.com/${repository}:${tag}`;
    if (tag !== undefined) tags.set(place, { digest, mediaType, text: bytes.toString() });
    return digest;
  };
  return {
    tags,
    getArtifact: async (_repository, digest, mediaType) => {
      const found = artifacts.get(digest);
      if (found === undefined) throw new Error(`${digest} is not there`);
      if (mediaType !== found.mediaType) throw new Error(`it is ${found.mediaType}, not ${mediaType}`);
      return found.bytes;
    },
    pushArtifact: async (repository, { tag, mediaType, content }) => {
      if (!Buffer.isBuffer(content)) throw new Error('bytes are expected');
      const digest = put(repository, tag, mediaType, content);
      artifacts.set(digest, { mediaType, bytes: content });
      return ArtifactDigest.parse(digest);
    },
    getManifest: async (_repository, reference) => {
      const bytes = manifests.get(reference);
      if (bytes === undefined) throw new Error(`${reference} is not there`);
      return {
        digest: digestOf(bytes),
        mediaType: ociManifest,
        size: bytes.length,
        bytes,
        json: JSON.parse(bytes.toString()),
      };
    },
    putBlob: async (_repository, source) => {
      if (!Buffer.isBuffer(source)) throw new Error('bytes are expected');
      return { digest: digestOf(source), size: source.length };
    },
    putManifest: async (repository, tag, bytes, mediaType) =>
      put(repository, tag, mediaType, Buffer.from(bytes)),
  };
};

export const anImageBuilder = ({
  runsDir,
  builder = aFakeBuilder(),
  registry = aRegistryInMemory(),
}: {
  runsDir: string;
  builder?: ReturnType<typeof aFakeBuilder>;
  registry?: Used;
}) => ({
  /** Starts it, has it run the command, and resolves its last report of the run. */
  runs: async (command: object) => {
    const bus = aScriptedBus();
    const running = await startImageBuilder({
      bus,
      builder,
      runsDir,
      instance: 'main',
      name: 'w1',
      arches: [Arch.enum.x86_64],
      labels: {},
      slots: 1,
      heartbeat: 3600,
      lease: 7200,
      log: silent,
      registry: (place) => ({ registry, repository: place.slice(place.indexOf('/') + 1) }),
    });
    await bus.consuming[0]?.onDelivery({
      exchange: 'flibs.main.workers',
      routingKey: 'flibs.main.worker.w1',
      messageId: randomUUID(),
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      headers: {},
      body: Buffer.from(JSON.stringify(command)),
      redelivered: false,
    });
    await until(() => saidBy(bus, 'report').length === 2);
    await running.stop();
    return saidBy(bus, 'report')[1];
  },
});
