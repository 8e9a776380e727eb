/** Tests, gate and release. */
import { z } from 'zod';
import { Evr } from '../content.ts';
import { Arch, ArtifactDigest, IndexDigest, RunId } from '../ids.ts';
import { Instant } from '../instant.ts';
import { Severity } from '../nomination.ts';
import { IndexEntry } from './building.ts';
import { defineEvent, EventBase } from './event.ts';
import { OfBuild, OfOneArch, ofBuild, ofOneArch } from './of-build.ts';

const SmokeTestState = OfOneArch.extend({ testCase: z.string(), run: RunId });

export const TestQueued = defineEvent({
  ...ofOneArch,
  topic: 'flibs.test.queued',
  severity: 10,
  description: 'A smoke test waits for a worker of its arch.',
  // No run yet: the dispatcher names one when it finds a slot.
  body: SmokeTestState.omit({ run: true }),
});

export const TestRunning = defineEvent({
  ...ofOneArch,
  topic: 'flibs.test.running',
  severity: 10,
  description: 'A worker has begun a smoke test.',
  body: SmokeTestState,
});

export const TestFinished = defineEvent({
  ...ofOneArch,
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
  ...ofBuild,
  topic: 'flibs.result.recorded',
  description: 'A test result for an image of ours is known.',
  body: OfBuild.extend({
    result: z.number().int(),
    testCase: z.string(),
    outcome: Outcome,
    arch: Arch.optional(),
    indexDigest: IndexDigest,
  }),
});

export const WaiverRecorded = defineEvent({
  major: 1,
  topic: 'flibs.waiver.recorded',
  description: 'Somebody forgives a test result, or takes that back.',
  subject: ({ waiver }) => String(waiver),
  body: EventBase.extend({
    waiver: z.number().int(),
    subjectType: z.string(),
    subjectIdentifier: z.string(),
    testCase: z.string(),
    productVersion: z.string(),
    /** False: what has the same subject, test case, product version, scenario, arch and result is taken back. */
    waived: z.boolean(),
    scenario: z.string().optional(),
    arch: z.string().optional(),
    expires: z.iso.datetime().optional(),
    /** The only result that is forgiven. */
    result: z.number().int().optional(),
    username: z.string(),
    comment: z.string(),
  }),
});

const TestState = z.enum(['passed', 'missing', 'queued', 'running', 'failed', 'errored']);

/** One thing that a policy asks for, and how it stands. */
export const Requirement = z.object({
  testCase: z.string(),
  scenario: z.string().optional(),
  arch: Arch.optional(),
  variant: z.string().optional(),
  state: z.enum([...TestState.options, 'waived']),
  result: z.number().int().optional(),
  /** Where it is waived: how it would stand without. */
  unwaived: TestState.optional(),
  waiver: z.number().int().optional(),
  /** Where it waits: from then on that is an alarm. */
  alarmAt: Instant.optional(),
});
export type Requirement = z.infer<typeof Requirement>;

export const DecisionState = z.enum(['satisfied', 'waiting', 'unsatisfied']);
export type DecisionState = z.infer<typeof DecisionState>;

export const GateDecisionChanged = defineEvent({
  ...ofBuild,
  topic: 'flibs.gate.decision.changed',
  description: 'What the gate says of a candidate is another than before.',
  body: OfBuild.extend({
    decision: z.number().int(),
    indexDigest: IndexDigest,
    state: DecisionState,
    previous: DecisionState.optional(),
    summary: z.string(),
    requirements: z.array(Requirement).max(200),
  }),
});

export const GateOverdue = defineEvent({
  ...ofBuild,
  topic: 'flibs.gate.overdue',
  severity: 40,
  description: 'A candidate waits for results longer than its policy allows.',
  body: OfBuild.extend({
    decision: z.number().int(),
    indexDigest: IndexDigest,
    /** Those that are late. */
    requirements: z.array(Requirement).max(200),
  }),
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

/** What a repository's advisory says that a release has the packages of, and the one before had not. */
export const FixedAdvisory = z.object({
  id: z.string(),
  type: z.string(),
  severity: Severity,
  arches: z.array(Arch),
});
export type FixedAdvisory = z.infer<typeof FixedAdvisory>;

export const ImageReleased = defineEvent({
  ...ofBuild,
  topic: 'flibs.image.released',
  description:
    'The completion event: an index whose gate is satisfied lies in the release registry and its tags point to it.',
  body: OfBuild.extend({
    indexDigest: IndexDigest,
    previousIndexDigest: IndexDigest.optional(),
    /** `registry/repository@sha256:...` */
    pullspec: z.string(),
    tags: z.array(z.string()),
    arches: z.array(IndexEntry),
    /** Per arch, against the release before; the first 100 of each, `rpmChangeCount` says how many there are. */
    rpmChanges: z.partialRecord(Arch, z.array(RpmChange).max(100)),
    rpmChangeCount: z.number().int(),
    /** The worst first, of those that repositories list now; the first 100, `advisoryCount` says how many there are. */
    advisories: z.array(FixedAdvisory).max(100).optional(),
    advisoryCount: z.number().int().optional(),
    /** Rebuilds and what they were planned for. */
    causes: z.array(z.object({ rebuild: z.number().int(), reference: z.string() })).max(50),
    decision: z.number().int(),
  }),
  concerns: (body) => ({
    ...ofBuild.concerns(body),
    rpms: [
      ...new Set(
        Object.values(body.rpmChanges).flatMap((changes) => (changes ?? []).map((change) => change.name)),
      ),
    ],
  }),
});

export const ImageDowngraded = defineEvent({
  ...ofBuild,
  topic: 'flibs.image.downgraded',
  severity: 40,
  description: 'A release has packages in lower versions than the one before it.',
  body: OfBuild.extend({
    indexDigest: IndexDigest,
    /** Per arch; at most 100 of each. */
    downgraded: z.partialRecord(Arch, z.array(RpmChange).max(100)),
  }),
});
