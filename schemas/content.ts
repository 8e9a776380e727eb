/** What is in a manifest: the RPMs that its rpmdb lists. Travels as an artifact, lives in the store. */
import { z } from 'zod';
import { Arch, ContentId, Digest, ImageName, ManifestDigest } from './ids.ts';

/** A module label as rpm's MODULARITYLABEL tag has it: `name:stream:version:context`. */
export const ModuleLabel = z
  .string()
  .regex(/^[^:\s]+:[^:\s]+:[^:\s]+:[^:\s]+$/, 'must be name:stream:version:context');
export type ModuleLabel = z.infer<typeof ModuleLabel>;

/** Epoch, version and release of a package, apart. Epoch absent in rpm is 0 here, as rpm compares it. */
export const Evr = z.object({
  epoch: z.number().int().nonnegative(),
  version: z.string().min(1),
  release: z.string().min(1),
});
export type Evr = z.infer<typeof Evr>;

/** One installed or offered binary package. */
export const Rpm = Evr.extend({
  name: z.string().min(1),
  /** As rpm says it: `x86_64`, `noarch`, ... */
  arch: z.string().min(1),
  /** Name of the source package. */
  sourceName: z.string().min(1),
  /** `[epoch:]version-release` of the source package. */
  sourceEvr: z.string().min(1),
  module: ModuleLabel.optional(),
});
export type Rpm = z.infer<typeof Rpm>;

/** The content list that a run leaves behind (artifact `application/vnd.flibs.content.v1+json`), RPMs sorted by NEVRA. */
export const ContentList = z.object({
  schemaVersion: z.literal(1),
  image: ImageName,
  arch: Arch,
  contentId: ContentId,
  /** Absent for an image built from scratch. */
  parent: ManifestDigest.optional(),
  /** OCI chain id of all its layers: tells later which images stand on this one. */
  chainId: Digest.optional(),
  rpms: z.array(Rpm),
});
export type ContentList = z.infer<typeof ContentList>;
