import { describe, expect, test } from '@jest/globals';
import { ManifestDigest } from '../../../schemas/ids.ts';
import {
  type ConfigParts,
  contentIdOf,
  stampedImage,
  unstampedConfig,
} from '../../../src/building/image-config.ts';

const layer = `sha256:${'1'.repeat(64)}`;
const parts = (changes: Partial<ConfigParts> = {}): ConfigParts => ({
  arch: 'aarch64',
  sourceDateEpoch: 1_700_000_000,
  built: { Env: ['PATH=/usr/bin'], Cmd: ['/bin/app'], Labels: { name: 'app' } },
  parentLabels: {},
  labels: {},
  command: undefined,
  diffIds: [layer],
  ...changes,
});
const manifest = {
  schemaVersion: 2,
  layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: layer, size: 9 }],
};

describe('the config of an image before it is stamped', () => {
  test('names its platform as OCI does, its time, and its layers', () => {
    expect(unstampedConfig(parts())).toEqual({
      created: '2023-11-14T22:13:20Z',
      architecture: 'arm64',
      os: 'linux',
      config: { Cmd: ['/bin/app'], Env: ['PATH=/usr/bin'], Labels: { name: 'app' } },
      rootfs: { type: 'layers', diff_ids: [layer] },
      history: [{ created: '2023-11-14T22:13:20Z', created_by: 'flibs' }],
    });
  });

  test('has labels and command of the definition where it gives them', () => {
    const { config } = unstampedConfig(parts({ labels: { summary: 's' }, command: ['/bin/other'] }));
    expect(config).toMatchObject({ Cmd: ['/bin/other'], Labels: { name: 'app', summary: 's' } });
  });

  test('does not keep volatile labels that only the parent set', () => {
    const parentLabels = { version: '1', release: '7', 'io.buildah.version': '1.2', maintainer: 'm' };
    const built = { Labels: { ...parentLabels, version: '2', own: 'o' } };
    expect(unstampedConfig(parts({ parentLabels, built })).config).toEqual({
      Labels: { maintainer: 'm', own: 'o', version: '2' },
    });
  });

  test('gives the same content id whatever the order in which things were said', () => {
    const one = unstampedConfig(parts({ built: { A: 1, B: { x: 1, y: [2, 1] } } }));
    const other = unstampedConfig(parts({ built: { B: { y: [2, 1], x: 1 }, A: 1 } }));
    expect(contentIdOf(one)).toBe(contentIdOf(other));
    expect(contentIdOf(unstampedConfig(parts({ sourceDateEpoch: 1 })))).not.toBe(contentIdOf(one));
  });
});

describe('stamping', () => {
  const config = unstampedConfig(parts());
  const parent = ManifestDigest.parse(`sha256:${'2'.repeat(64)}`);

  test('adds labels and time, and keeps the layers that were pushed', () => {
    const stamped = stampedImage(manifest, {
      config,
      labels: { release: '3' },
      created: 1_700_000_100,
      parent,
    });
    expect(JSON.parse(stamped.config.toString())).toMatchObject({
      created: '2023-11-14T22:15:00Z',
      config: { Labels: { name: 'app', release: '3' } },
      rootfs: config.rootfs,
    });
    expect(JSON.parse(stamped.manifest.toString())).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: expect.any(String),
        size: stamped.config.length,
      },
      layers: manifest.layers,
      annotations: { 'org.opencontainers.image.base.digest': parent },
    });
  });

  test('leaves the content id as it was', () => {
    const before = contentIdOf(config);
    stampedImage(manifest, { config, labels: { release: '3' }, created: 1 });
    expect(contentIdOf(config)).toBe(before);
  });

  test('refuses a manifest of another image', () => {
    expect(() => stampedImage({ layers: [] }, { config, labels: {}, created: 1 })).toThrow(
      /0 layers, the image 1/,
    );
    expect(() => stampedImage('nonsense', { config, labels: {}, created: 1 })).toThrow();
  });
});
