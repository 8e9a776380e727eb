/** Images and what is released of them. */
import { z } from 'zod';
import { Arch } from '../../../schemas/ids.ts';

export const BuildBrief = z.object({
  nvr: z.string(),
  state: z.string(),
  waiting: z.string().nullable(),
  updatedAt: z.iso.datetime(),
});
export type BuildBrief = z.infer<typeof BuildBrief>;

export const Released = z.object({
  nvr: z.string(),
  indexDigest: z.string(),
  pullspec: z.string().nullable(),
});

export const ImageBrief = z.object({
  name: z.string(),
  distroRelease: z.string(),
  arches: z.array(Arch),
  parents: z.array(z.string()).describe('What its stages are built on; external ones as pullspecs.'),
  autoRebuild: z.boolean(),
  released: Released.nullable(),
  latest: BuildBrief.nullable().describe('Its newest build, whatever its state.'),
  problems: z
    .array(z.string())
    .describe('Why its newest definition is not in force: `file:line: key: what is wrong`.'),
});
export type ImageBrief = z.infer<typeof ImageBrief>;

export const ImageArch = z.object({
  arch: Arch,
  manifestDigest: z.string().nullable().describe('The baseline that plans are made against.'),
  nvr: z.string().nullable().describe('The build that made it.'),
  contentId: z.string().nullable(),
  rpmCount: z.number().int().nullable(),
  added: z.array(z.string()).describe('RPMs that this image adds to its parent, at most 200.'),
  addedCount: z.number().int(),
  stale: z
    .object({ since: z.iso.datetime(), error: z.string(), lacks: z.array(z.string()) })
    .nullable()
    .describe('A best-effort arch that could not be built, and what it therefore lacks.'),
  leftAlone: z
    .object({ rebuild: z.number().int(), reason: z.string() })
    .nullable()
    .describe('Why the newest rebuild that looked at it did not build it.'),
});
export type ImageArch = z.infer<typeof ImageArch>;

export const ImageDetail = ImageBrief.extend({
  owners: z.array(z.string()),
  gating: z.array(z.string()).describe('Test cases that must have passed.'),
  perArch: z.array(ImageArch),
  tags: z.array(z.object({ repository: z.string(), name: z.string(), nvr: z.string(), digest: z.string() })),
  builds: z.array(BuildBrief).describe('The newest 10.'),
});
export type ImageDetail = z.infer<typeof ImageDetail>;
