/** The multi-arch index, always the same bytes for the same entries. */

import { createHash } from 'node:crypto';
import { byText } from '../../schemas/by-text.ts';
import { type Arch, IndexDigest, type ManifestDigest, ociPlatform } from '../../schemas/ids.ts';
import { ociIndex } from './media-types.ts';

/** What the index names for one arch. Only OCI manifests: mixed kinds are accepted by some tools and break others. */
export interface IndexedManifest {
  readonly digest: ManifestDigest;
  /** Bytes of the manifest. */
  readonly size: number;
  readonly mediaType: string;
  readonly arch: Arch;
}

export interface BuiltIndex {
  readonly bytes: Buffer;
  readonly digest: IndexDigest;
  readonly mediaType: typeof ociIndex;
}

/** Compact JSON, sorted by architecture and variant. @throws Error for no entries, or two of one arch. */
export const buildIndex = (entries: readonly IndexedManifest[]): BuiltIndex => {
  if (entries.length === 0) throw new Error('an index needs at least one manifest');
  const manifests = entries
    .map(({ digest, size, mediaType, arch }) => ({
      mediaType,
      digest,
      size,
      platform: { ...ociPlatform(arch), os: 'linux' },
    }))
    .sort((a, b) => byText(platformKey(a.platform), platformKey(b.platform)));
  const twice = entries.find(({ arch }, at) => entries.findIndex((other) => other.arch === arch) !== at);
  if (twice !== undefined) throw new Error(`an index names ${twice.arch} twice`);
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests }));
  const digest = IndexDigest.parse(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
  return { bytes, digest, mediaType: ociIndex };
};

const platformKey = (platform: { architecture: string; variant?: string }): string =>
  `${platform.architecture}/${platform.variant ?? ''}`;
