/** Rebuilds, their builds and arch builds. */
import { z } from 'zod';
import { RebuildSchedule } from '../../../schemas/events/planning.ts';
import { Arch } from '../../../schemas/ids.ts';

/** How many of each state. */
const Counts = z.record(z.string(), z.number().int());

export const RebuildBrief = z.object({
  id: z.number().int(),
  distroRelease: z.string(),
  state: z.string(),
  severity: z.string(),
  reference: z.string().describe('The advisory or tag it began with.'),
  waiting: z.string().nullable(),
  openedAt: z.iso.datetime(),
  closeAt: z.iso.datetime().describe('When it stops collecting.'),
  plannedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  builds: Counts,
  archBuilds: Counts,
});
export type RebuildBrief = z.infer<typeof RebuildBrief>;

export const ArchBuild = z.object({
  arch: Arch,
  state: z.string(),
  waiting: z.string().nullable(),
  reasons: z.array(z.string()).describe('Why it is built.'),
  failureClass: z.string().nullable(),
  error: z.string().nullable(),
  attempts: z.number().int(),
  worker: z.string().nullable(),
  manifestDigest: z.string().nullable(),
  readyAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
});
export type ArchBuild = z.infer<typeof ArchBuild>;

export const Build = z.object({
  nvr: z.string(),
  image: z.string(),
  state: z.string(),
  severity: z.string(),
  waiting: z.string().nullable(),
  byHand: z.boolean(),
  baseline: z.string().nullable().describe('The NVR it was planned against.'),
  parentBuild: z.string().nullable().describe('The NVR of the parent that is built with it.'),
  indexDigest: z.string().nullable(),
  pullspec: z.string().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  archBuilds: z.array(ArchBuild),
});
export type Build = z.infer<typeof Build>;

/** A message that named something, as it was understood. */
export const Cause = z.object({
  nomination: z.number().int(),
  kind: z.string(),
  reference: z.string(),
  severity: z.string(),
  topic: z.string(),
  messageId: z.string(),
  causation: z.array(z.string()).describe('Message ids that led to it, oldest first.'),
  targets: z.array(z.string()).describe('Source packages, images or modules, at most 50.'),
  at: z.iso.datetime(),
});
export type Cause = z.infer<typeof Cause>;

export const LeftAlone = z.object({ image: z.string(), arch: Arch.nullable(), reason: z.string() });
export type LeftAlone = z.infer<typeof LeftAlone>;

export const RebuildDetail = RebuildBrief.omit({ builds: true }).extend({
  history: z
    .array(z.object({ state: z.string(), reason: z.string(), at: z.iso.datetime() }))
    .describe('The states that it came to, oldest first.'),
  causes: z.array(Cause),
  builds: z.array(Build),
  leftAlone: z.array(LeftAlone),
  schedule: RebuildSchedule.nullable().describe('How near it came to its bound; null until it is finished.'),
});
export type RebuildDetail = z.infer<typeof RebuildDetail>;
