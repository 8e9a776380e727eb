import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Arch, ManifestDigest } from '../../schemas/ids.ts';
import { digestOf } from '../../src/registry/digests.ts';
import { buildIndex } from '../../src/registry/image-index.ts';
import { contentArtifact, logArtifact, ociConfig, ociManifest } from '../../src/registry/media-types.ts';
import { openRegistry, type Registry } from '../../src/registry/registry.ts';
import { aRegistry, type TestRegistry } from '../servers/registry.ts';

describe('our client with a real registry', () => {
  let servers: TestRegistry[];
  let registry: Registry;
  let elsewhere: Registry;

  beforeAll(async () => {
    servers = [await aRegistry(), await aRegistry()];
    const [first, second] = servers.map(({ address }) => openRegistry({ address, attempts: 2 }));
    if (!first || !second) throw new Error('two registries were wanted');
    [registry, elsewhere] = [first, second];
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
  });

  /** A manifest with a config and a layer of random bytes. */
  const anImage = async (
    repository: string,
    size = 1000,
  ): Promise<{ digest: ManifestDigest; size: number }> => {
    const config = await registry.putBlob(
      repository,
      Buffer.from(JSON.stringify({ random: randomBytes(8).toString('hex') })),
    );
    const layer = await registry.putBlob(repository, randomBytes(size));
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: ociManifest,
        config: { mediaType: ociConfig, ...config },
        layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...layer }],
      }),
    );
    const digest = await registry.putManifest(repository, digestOf(manifest), manifest, ociManifest);
    return { digest: ManifestDigest.parse(digest), size: manifest.length };
  };
  const anIndex = async (repository: string, arches: readonly Arch[]) => {
    const images = await Promise.all(arches.map(async (arch) => ({ arch, ...(await anImage(repository)) })));
    const index = buildIndex(images.map((image) => ({ ...image, mediaType: ociManifest })));
    await registry.putManifest(repository, 'index', index.bytes, index.mediaType);
    return { images, index };
  };

  test('a blob comes back as it went, from memory and from a file', async () => {
    const bytes = randomBytes(200_000);
    const directory = await mkdtemp(join(tmpdir(), 'flibs-blob-'));
    await writeFile(join(directory, 'blob'), bytes);
    try {
      const blob = await registry.putBlob('blobs', { file: join(directory, 'blob') });
      expect(blob).toEqual({ digest: digestOf(bytes), size: bytes.length });
      expect(await registry.getBlob('blobs', blob.digest)).toEqual(bytes);
      expect(await registry.putBlob('blobs', bytes)).toEqual(blob);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('an artifact comes back by its digest, and only as what it is', async () => {
    const content = Buffer.from('{"rpms":[]}');
    const artifact = { mediaType: contentArtifact, content, tag: 'content-1', annotations: { image: 'app' } };
    const digest = await registry.pushArtifact('artifacts', artifact);
    expect(await registry.pushArtifact('artifacts', { ...artifact, tag: 'content-2' })).toBe(digest);
    expect(await registry.getArtifact('artifacts', digest, contentArtifact)).toEqual(content);
    await expect(registry.getArtifact('artifacts', digest, logArtifact)).rejects.toMatchObject({
      name: 'RegistryRefused',
    });
    expect(await registry.listTags('artifacts')).toEqual(['content-1', 'content-2']);
  });

  test('an index is copied with all its manifests and equal digests, here and elsewhere', async () => {
    const { images, index } = await anIndex('candidate/app', ['x86_64', 's390x']);
    for (const destination of [registry, elsewhere]) {
      const copy = { from: 'candidate/app', to: 'release/app', destination, digest: index.digest };
      await registry.copyImage(copy);
      await registry.copyImage(copy);
      expect((await destination.getManifest('release/app', index.digest)).bytes).toEqual(index.bytes);
      for (const { digest } of images)
        expect(await destination.headManifest('release/app', digest)).toMatchObject({ digest });
    }
  });

  test('an index cannot be put before its manifests', async () => {
    const digest = ManifestDigest.parse(`sha256:${'3'.repeat(64)}`);
    const index = buildIndex([{ arch: 'x86_64', digest, size: 10, mediaType: ociManifest }]);
    await expect(registry.putManifest('broken', 'x', index.bytes, index.mediaType)).rejects.toMatchObject({
      name: 'RegistryRefused',
      message: expect.stringContaining('MANIFEST_BLOB_UNKNOWN'),
    });
  });

  test('a tag moves, and a manifest that was deleted is gone', async () => {
    const [one, two] = [await anImage('tags'), await anImage('tags')];
    await registry.tag('tags', 'latest', one.digest);
    await registry.tag('tags', 'latest', two.digest);
    expect(await registry.headManifest('tags', 'latest')).toMatchObject({
      digest: two.digest,
      size: two.size,
    });
    await registry.deleteManifest('tags', one.digest);
    await registry.deleteManifest('tags', one.digest);
    expect(await registry.headManifest('tags', one.digest)).toBeUndefined();
    expect(await registry.listTags('no-such-repository')).toEqual([]);
  });

  test('a blob is known in another repository without being sent again', async () => {
    const { digest } = await registry.putBlob('one', randomBytes(100));
    expect(await registry.mountBlob('one', 'two', digest)).toBe(true);
    expect(await registry.hasBlob('two', digest)).toBe(true);
  });
});
