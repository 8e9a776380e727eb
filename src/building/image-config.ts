/**
 * Configs and manifests of images, made by us from what buildah committed: first without anything that changes with
 * time or number, then stamped (ARCHITECTURE rule 11). Pure.
 */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { byText } from '../../schemas/by-text.ts';
import { type Arch, ContentId, type Digest, ManifestDigest, ociPlatform } from '../../schemas/ids.ts';

/** Keys in the order in which they are written, so that equal configs are equal bytes. */
export interface UnstampedConfig {
  readonly created: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly os: 'linux';
  readonly config: Readonly<Record<string, unknown>>;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly Digest[] };
  /** One entry for each layer: buildah 1.28 loses count of a parent's layers when there are none. */
  readonly history: readonly { readonly created: string; readonly created_by: string }[];
}

/** Labels that change with every build. Inherited ones would describe the parent, and never stay the same. */
const volatileLabels = [
  'version',
  'release',
  'architecture',
  'com.redhat.component',
  'build-date',
  'vcs-ref',
  'vcs-type',
  'vcs-url',
  'url',
  'io.buildah.version',
  'org.opencontainers.image.version',
  'org.opencontainers.image.revision',
  'org.opencontainers.image.created',
  'org.opencontainers.image.source',
  'org.opencontainers.image.url',
  'org.opencontainers.image.ref.name',
];

export interface ConfigParts {
  readonly arch: Arch;
  /** Seconds. */
  readonly sourceDateEpoch: number;
  /** The `config` of what was built. */
  readonly built: Readonly<Record<string, unknown>>;
  /** Labels of the parent: volatile ones that still have its value were inherited and go. */
  readonly parentLabels: Readonly<Record<string, string>>;
  /** Labels and command of an image given as a package list. */
  readonly labels: Readonly<Record<string, string>>;
  readonly command: readonly string[] | undefined;
  readonly diffIds: readonly Digest[];
}

export const unstampedConfig = (parts: ConfigParts): UnstampedConfig => {
  const inherited = volatileLabels.filter((name) => parts.parentLabels[name] !== undefined);
  const labels = Object.entries(labelsOf(parts.built)).filter(
    ([name, value]) => !(inherited.includes(name) && parts.parentLabels[name] === value),
  );
  const { Labels: _labels, Cmd: builtCommand, ...rest } = parts.built;
  const command = parts.command ?? builtCommand;
  const created = isoTime(parts.sourceDateEpoch);
  return {
    created,
    ...ociPlatform(parts.arch),
    os: 'linux',
    config: sorted({
      ...rest,
      ...(command === undefined ? {} : { Cmd: command }),
      Labels: { ...Object.fromEntries(labels), ...parts.labels },
    }),
    rootfs: { type: 'layers', diff_ids: parts.diffIds },
    history: parts.diffIds.map(() => ({ created, created_by: 'flibs' })),
  };
};

/** The content id: digest of the unstamped config, known before anything is pushed, whatever the compression. */
export const contentIdOf = (config: UnstampedConfig): ContentId => ContentId.parse(sha256(encode(config)));

export const labelsOf = (config: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  z.record(z.string(), z.string()).nullish().catch(undefined).parse(config['Labels']) ?? {};

const Descriptor = z.object({ mediaType: z.string(), digest: z.string(), size: z.number() });
const PushedManifest = z.object({ layers: z.array(Descriptor) });

export interface Stamp {
  readonly config: UnstampedConfig;
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds; from inputs, never from the clock. */
  readonly created: number;
  /** Manifest of the parent, for the base image's annotation. */
  readonly parent?: ManifestDigest;
}

export interface StampedImage {
  readonly config: Buffer;
  readonly manifest: Buffer;
  readonly mediaType: 'application/vnd.oci.image.manifest.v1+json';
  readonly manifestDigest: ManifestDigest;
}

/**
 * The image as it will be known: the layers of the manifest that was pushed, under a config with the stamped labels.
 * Same inputs, same digest. The caller puts the config as a blob, then the manifest under the build's tag.
 */
export const stampedImage = (pushedManifest: unknown, stamp: Stamp): StampedImage => {
  const { layers } = PushedManifest.parse(pushedManifest);
  if (layers.length !== stamp.config.rootfs.diff_ids.length) {
    throw new Error(
      `the manifest has ${layers.length} layers, the image ${stamp.config.rootfs.diff_ids.length}`,
    );
  }
  const labels = { ...labelsOf(stamp.config.config), ...stamp.labels };
  const config = encode({
    ...stamp.config,
    created: isoTime(stamp.created),
    config: sorted({ ...stamp.config.config, Labels: labels }),
  });
  const manifest = encode({
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: sha256(config),
      size: config.length,
    },
    layers: layers.map(({ mediaType: layerType, digest, size }) => ({ mediaType: layerType, digest, size })),
    ...(stamp.parent === undefined
      ? {}
      : { annotations: { 'org.opencontainers.image.base.digest': stamp.parent } }),
  });
  return { config, manifest, mediaType, manifestDigest: ManifestDigest.parse(sha256(manifest)) };
};

const mediaType = 'application/vnd.oci.image.manifest.v1+json';

const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Keys in order at every depth; lists keep theirs. */
const sorted = (record: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(record)
      .sort(([a], [b]) => byText(a, b))
      .map(([name, value]) => [name, isRecord(value) ? sorted(value) : value]),
  );

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
