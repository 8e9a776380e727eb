import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Arch, ManifestDigest } from '../../../schemas/ids.ts';
import { buildIndex, type IndexedManifest } from '../../../src/registry/image-index.ts';
import { ociManifest } from '../../../src/registry/media-types.ts';

const entry = (arch: Arch, fill = arch.length.toString(16)): IndexedManifest => ({
  arch,
  digest: ManifestDigest.parse(`sha256:${fill.repeat(64).slice(0, 64)}`),
  size: 500,
  mediaType: ociManifest,
});

describe('an image index', () => {
  test('is compact JSON that names each manifest with its platform, sorted by architecture', () => {
    const { bytes, mediaType, digest } = buildIndex([entry('s390x'), entry('armv7hl'), entry('x86_64')]);
    expect(mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const json: unknown = JSON.parse(bytes.toString());
    expect(bytes.toString()).toBe(JSON.stringify(json));
    expect(json).toMatchObject({
      schemaVersion: 2,
      mediaType,
      manifests: [
        { platform: { architecture: 'amd64', os: 'linux' } },
        { platform: { architecture: 'arm', variant: 'v7', os: 'linux' } },
        { platform: { architecture: 's390x', os: 'linux' }, size: 500, mediaType: ociManifest },
      ],
    });
  });

  test('is the same bytes in whatever order its entries come', () => {
    const arches = fc.uniqueArray(fc.constantFrom(...Arch.options), { minLength: 1 });
    fc.assert(
      fc.property(arches, fc.nat(), (chosen, seed) => {
        const entries = chosen.map((arch) => entry(arch));
        const turned = entries.map((_, at) => entries[(at + seed) % entries.length] ?? entry('x86_64'));
        expect(buildIndex(turned)).toEqual(buildIndex(entries));
      }),
    );
  });

  test('does not name an architecture twice, or nothing at all', () => {
    expect(() => buildIndex([entry('x86_64', 'a'), entry('x86_64', 'b')])).toThrow(/x86_64 twice/);
    expect(() => buildIndex([])).toThrow(/at least one/);
  });
});
