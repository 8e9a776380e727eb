/** Identifiers that get mixed up, each with a type of its own, and the vocabulary of architectures. */
import { z } from 'zod';

/** `sha256:` and 64 hexadecimal digits: any blob or manifest. */
export const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits');
export type Digest = z.infer<typeof Digest>;

/** Digest of a multi-arch index. */
export const IndexDigest = Digest.brand<'IndexDigest'>();
export type IndexDigest = z.infer<typeof IndexDigest>;

/** Digest of the manifest of one architecture's image. */
export const ManifestDigest = Digest.brand<'ManifestDigest'>();
export type ManifestDigest = z.infer<typeof ManifestDigest>;

/** Digest of an artifact's manifest: a source folder, a content list, a log. */
export const ArtifactDigest = Digest.brand<'ArtifactDigest'>();
export type ArtifactDigest = z.infer<typeof ArtifactDigest>;

/** Digest of the manifest made before stamping: equal bytes, equal content id (ARCHITECTURE rule 11). */
export const ContentId = Digest.brand<'ContentId'>();
export type ContentId = z.infer<typeof ContentId>;

/** Name, version and release number of one build, joined by dashes. */
export const Nvr = z
  .string()
  .max(255)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9._+~^-]*-[A-Za-z0-9._+~^]+-[A-Za-z0-9._+~^]+$/,
    'must be name-version-release',
  )
  .brand<'Nvr'>();
export type Nvr = z.infer<typeof Nvr>;

/** Id of a message on a bus: a UUID for ours; `<year>-<uuid>` and others arrive. */
export const MessageId = z.string().min(1).max(255).brand<'MessageId'>();
export type MessageId = z.infer<typeof MessageId>;

/** One attempt at an arch build or a smoke test. The fence: what another run says does not count. */
export const RunId = z.uuid().brand<'RunId'>();
export type RunId = z.infer<typeof RunId>;

/** Name of an image definition: a path component of a repository, so lower case and without separators at its ends. */
export const ImageName = z
  .string()
  .max(128)
  .regex(
    /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/,
    'must be lower case letters and digits, separated by . _ or -',
  )
  .brand<'ImageName'>();
export type ImageName = z.infer<typeof ImageName>;

/** What Bodhi calls a release: `F40`, `EPEL-9`. */
export const DistroReleaseName = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be letters, digits, . _ -')
  .brand<'DistroReleaseName'>();
export type DistroReleaseName = z.infer<typeof DistroReleaseName>;

const ociPlatforms = {
  x86_64: { architecture: 'amd64' },
  aarch64: { architecture: 'arm64' },
  ppc64le: { architecture: 'ppc64le' },
  s390x: { architecture: 's390x' },
  riscv64: { architecture: 'riscv64' },
  armv7hl: { architecture: 'arm', variant: 'v7' },
  i686: { architecture: '386' },
} as const;

/** Fedora's names of architectures; OCI's are for the registry's door only, see {@link ociPlatform}. */
export const Arch = z.enum(['x86_64', 'aarch64', 'ppc64le', 's390x', 'riscv64', 'armv7hl', 'i686']);
export type Arch = z.infer<typeof Arch>;

/** The OCI platform of an arch. */
export const ociPlatform = (arch: Arch): { architecture: string; variant?: string } => ociPlatforms[arch];

/** The arch of an OCI platform, undefined for one we do not know. */
export const archOfOci = (platform: {
  architecture: string;
  variant?: string | undefined;
}): Arch | undefined =>
  Arch.options.find((arch) => ociPlatforms[arch].architecture === platform.architecture);
