/** Tests, gate and release. */
import { z } from 'zod';
import { Evr } from '../content.ts';
import { Arch, ArtifactDigest, ImageName, IndexDigest, Nvr, RunId } from '../ids.ts';
import { IndexEntry } from './building.ts';
import { defineEvent, EventBase } from './event.ts';

const SmokeTestState = EventBase.extend({
  nvr: Nvr,
  image: ImageName,
  arch: Arch,
  testCase: z.string(),
  run: RunId,
});
const ofSmokeTest = {
  major: 1,
  subject: (body: { nvr: string; arch: string }) => `${body.nvr}.${body.arch}`,
  concerns: (body: { image: string }) => ({ containers: [body.image] }),
};

export const TestQueued = defineEvent({
  ...ofSmokeTest,
  topic: 'flibs.test.queued',
  severity: 10,
  description: 'A smoke test waits for a worker of its arch.',
  // No run yet: the dispatcher names one when it finds a slot.
  body: SmokeTestState.omit({ run: true }),
});

export const TestRunning = defineEvent({
  ...ofSmokeTest,
  topic: 'flibs.test.running',
  severity: 10,
  description: 'A worker has begun a smoke test.',
  body: SmokeTestState,
});

export const TestFinished = defineEvent({
  ...ofSmokeTest,
  topic: 'flibs.test.finished',
  description: 'A worker has run a smoke test, or could not.',
  body: SmokeTestState.extend({
    result: z.enum(['passed', 'failed', 'error']),
    /** Last lines of the output, or why it could not be run. */
    output: z.string().max(8192),
    log: ArtifactDigest.optional(),
  }),
});

/** As ResultsDB has them, and the states of a test that has not ended. */
export const Outcome = z.enum(['PASSED', 'INFO', 'FAILED', 'NEEDS_INSPECTION', 'ERROR', 'QUEUED', 'RUNNING']);
export type Outcome = z.infer<typeof Outcome>;

export const ResultRecorded = defineEvent({
  topic: 'flibs.result.recorded',
  major: 1,
  description: 'A test result for an image of ours is known.',
  body: EventBase.extend({
    result: z.number().int(),
    nvr: Nvr,
    image: ImageName,
    testCase: z.string(),
    outcome: Outcome,
    arch: Arch.optional(),
    indexDigest: IndexDigest,
  }),
  subject: (body) => body.nvr,
  concerns: (body) => ({ containers: [body.image] }),
});

/** One thing that a policy asks for, and how it stands. */
export const Requirement = z.object({
  testCase: z.string(),
  arch: Arch.optional(),
  state: z.enum(['passed', 'missing', 'queued', 'running', 'failed', 'errored']),
  result: z.number().int().optional(),
});
export type Requirement = z.infer<typeof Requirement>;

export const DecisionState = z.enum(['satisfied', 'waiting', 'unsatisfied']);
export type DecisionState = z.infer<typeof DecisionState>;

export const GateDecisionChanged = defineEvent({
  topic: 'flibs.gate.decision.changed',
  major: 1,
  description: 'What the gate says of a candidate is another than before.',
  body: EventBase.extend({
    decision: z.number().int(),
    nvr: Nvr,
    image: ImageName,
    indexDigest: IndexDigest,
    state: DecisionState,
    previous: DecisionState.optional(),
    summary: z.string(),
    requirements: z.array(Requirement).max(200),
  }),
  subject: (body) => body.nvr,
  concerns: (body) => ({ containers: [body.image] }),
});

/** How one package differs between two contents. */
export const RpmChange = z.object({
  name: z.string(),
  arch: z.string(),
  kind: z.enum(['upgraded', 'downgraded', 'added', 'removed']),
  before: Evr.optional(),
  after: Evr.optional(),
});
export type RpmChange = z.infer<typeof RpmChange>;

export const ImageReleased = defineEvent({
  topic: 'flibs.image.released',
  major: 1,
  description:
    'The completion event: an index whose gate is satisfied lies in the release registry and its tags point to it.',
  body: EventBase.extend({
    nvr: Nvr,
    image: ImageName,
    indexDigest: IndexDigest,
    previousIndexDigest: IndexDigest.optional(),
    /** `registry/repository@sha256:...` */
    pullspec: z.string(),
    tags: z.array(z.string()),
    arches: z.array(IndexEntry),
    /** Per arch, against the release before; the first 100 of each, `rpmChangeCount` says how many there are. */
    rpmChanges: z.partialRecord(Arch, z.array(RpmChange).max(100)),
    rpmChangeCount: z.number().int(),
    /** Rebuilds and what they were planned for. */
    causes: z.array(z.object({ rebuild: z.number().int(), reference: z.string() })).max(50),
    decision: z.number().int(),
  }),
  subject: (body) => body.nvr,
  concerns: (body) => ({
    containers: [body.image],
    rpms: [
      ...new Set(
        Object.values(body.rpmChanges).flatMap((changes) => (changes ?? []).map((change) => change.name)),
      ),
    ],
  }),
});
