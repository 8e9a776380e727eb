/** What a message means for us, normalised. It only says where to look; what is newer is decided from repositories. */
import { z } from 'zod';
import { Arch, DistroReleaseName, ImageName } from './ids.ts';
import { UpdateType } from './update-type.ts';

export const Severity = z.enum(['critical', 'important', 'moderate', 'low', 'none']);
export type Severity = z.infer<typeof Severity>;

const SourceNvr = z.object({ name: z.string(), version: z.string(), release: z.string() });

export const Nomination = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('packages'),
    distroRelease: DistroReleaseName,
    /** Source packages, by name; NVRs where the message had them. */
    sources: z.array(SourceNvr).min(1),
    severity: Severity,
    /** Of a Bodhi update; tags and repositories do not tell. */
    updateType: UpdateType.optional(),
    /** Advisory or tag that said so: `FEDORA-2026-...`, `f40-updates`. */
    reference: z.string(),
  }),
  z.object({
    kind: z.literal('module'),
    /** Absent in what a message says: it counts wherever repositories list it. */
    distroRelease: DistroReleaseName.optional(),
    name: z.string(),
    stream: z.string(),
    version: z.string(),
    context: z.string(),
    severity: Severity,
    reference: z.string(),
  }),
  z.object({
    kind: z.literal('base'),
    /** Names of external bases, as definitions have them. */
    pullspecs: z.array(z.string()).min(1),
    severity: Severity,
    reference: z.string(),
  }),
  z.object({
    kind: z.literal('sources'),
    distroRelease: DistroReleaseName,
    images: z.array(ImageName).min(1),
    severity: Severity,
    reference: z.string(),
  }),
  z.object({
    /** Builds of source packages that are no longer to be had: whoever contains them is told of, or rebuilt. */
    kind: z.literal('withdrawal'),
    distroRelease: DistroReleaseName,
    sources: z.array(SourceNvr).min(1),
    severity: Severity,
    /** Advisory or tag that said so. */
    reference: z.string(),
  }),
  z.object({
    /** Images that were being built while what they are built upon was rebuilt. */
    kind: z.literal('parents'),
    distroRelease: DistroReleaseName,
    images: z.array(ImageName).min(1),
    severity: Severity,
    reference: z.string(),
  }),
  z.object({
    kind: z.literal('manual'),
    distroRelease: DistroReleaseName,
    images: z.array(ImageName).min(1),
    /** Absent: all of each. */
    arches: z.array(Arch).min(1).optional(),
    severity: Severity,
    reference: z.string(),
  }),
]);
export type Nomination = z.infer<typeof Nomination>;
