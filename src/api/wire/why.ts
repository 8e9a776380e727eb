/** Why an artifact is as it is: the walk back from a digest, an NVR or an image to the messages. */
import { z } from 'zod';
import { Arch } from '../../../schemas/ids.ts';
import { Build, Cause, LeftAlone } from './rebuild.ts';

export const WhyCause = z.object({
  rebuild: z.number().int(),
  reference: z.string(),
  nominations: z.array(Cause),
});
export type WhyCause = z.infer<typeof WhyCause>;

export const IndexPart = z.object({
  arch: Arch,
  manifestDigest: z.string(),
  carriedFrom: z.string().nullable().describe('The NVR that made it, where this build carried it forward.'),
});
export type IndexPart = z.infer<typeof IndexPart>;

export const Step = z.object({
  at: z.iso.datetime(),
  kind: z.string(),
  subject: z.string(),
  from: z.string().nullable(),
  to: z.string(),
  refused: z.boolean(),
  reason: z.string(),
  messageId: z.string(),
});
export type Step = z.infer<typeof Step>;

export const WhyBuild = Build.extend({
  index: z.array(IndexPart),
  causes: z.array(WhyCause),
  decision: z.object({ state: z.string(), summary: z.string(), at: z.iso.datetime() }).nullable(),
  steps: z.array(Step).describe('What happened to the build and its arch builds, oldest first; at most 500.'),
});
export type WhyBuild = z.infer<typeof WhyBuild>;

export const Why = z.object({
  subject: z.string(),
  kind: z.enum(['index', 'manifest', 'build', 'image']),
  arch: Arch.nullable().describe('Of a manifest.'),
  image: z.string(),
  build: WhyBuild.nullable().describe('Null for an image that was never built.'),
  leftAlone: z
    .array(LeftAlone.extend({ rebuild: z.number().int(), reference: z.string() }))
    .describe('Rebuilds since then that looked at the image and left it alone, newest first; at most 20.'),
});
export type Why = z.infer<typeof Why>;
