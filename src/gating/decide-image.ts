/** flibs' own gate: a candidate of ours, by what its gating.yaml says, for exactly its index and each of its arches. */
import type { DecisionState, Outcome, Requirement } from '../../schemas/events/releasing.ts';
import type { GatingRule } from '../../schemas/files/image.ts';
import { Arch, type IndexDigest, type ManifestDigest } from '../../schemas/ids.ts';
import { Instant } from '../../schemas/instant.ts';
import { askedBy } from './asked.ts';
import type { Result, Requirement as Stood, Subject, Waiver } from './decision.ts';
import { type Case, concluded, judge } from './judge.ts';
import { policiesOfImage } from './policies-of-image.ts';
import { noRemoteRules } from './remote-rules.ts';
import { subjectTypeOf } from './subject-types.ts';

export interface TestResult {
  readonly id: number;
  readonly testCase: string;
  readonly outcome: Outcome;
  readonly scenario?: string | undefined;
  /** Absent: the result is for the index as a whole. */
  readonly arch?: Arch | undefined;
  readonly variant?: string | undefined;
  /** What was tested: the index, or one arch's manifest. A result for anything else never counts. */
  readonly digest: IndexDigest | ManifestDigest;
  /** The attempt it belongs to; absent: an attempt of its own. */
  readonly run?: string | undefined;
  /** Grows with each result received. */
  readonly receivedOrder: number;
}

/** Stored with each decision as it is: only optional additions, so that every stored one can be decided again. */
export interface GateInput {
  readonly rules: readonly GatingRule[];
  readonly requiredArches: readonly Arch[];
  readonly indexDigest: IndexDigest;
  readonly manifests: readonly { readonly arch: Arch; readonly manifestDigest: ManifestDigest }[];
  readonly results: readonly TestResult[];
  /** What `packages` of gating.yaml go by, and waivers may name beside the index digest. */
  readonly nvr?: string | undefined;
  /** What waivers must be for; without it none counts. */
  readonly productVersion?: string | undefined;
  readonly waivers?: readonly Waiver[] | undefined;
  /** When the build was begun: what `valid_since`, `valid_until` and `alarm_after` go by. */
  readonly builtAt?: Instant | undefined;
  /** Waivers expire by it. */
  readonly now?: Instant | undefined;
}

export interface GateDecision {
  readonly state: DecisionState;
  /** One for each test case, scenario and required arch, in the order of the rules, then of the arches. */
  readonly requirements: readonly Requirement[];
  readonly summary: string;
}

/** Before any rule had a validity. */
const longAgo = Instant.parse('1970-01-01T00:00:00.000000Z');

/**
 * Each rule must have passed on each required arch, by the latest result for exactly this index or that arch's
 * manifest. With no required arch, each rule must have passed for the index. Decision contexts and subject types of the
 * rules are for those who ask from outside: here all count, so that a mistyped one lets nothing through.
 */
export const decideImage = (input: GateInput): GateDecision => {
  const type = subjectTypeOf('container-image', []);
  const now = input.now ?? longAgo;
  const of: Case = {
    subject: subjectOf(input),
    type,
    decisionContexts: undefined,
    productVersion: input.productVersion ?? '',
    remoteRules: noRemoteRules,
    builtAt: input.builtAt ?? now,
    results: input.results.map(resultOf),
    waivers: input.productVersion === undefined ? [] : (input.waivers ?? []).map(ofImage),
    at: now,
    isVerbose: false,
  };
  const asked = askedBy(policiesOfImage(input.rules, input.requiredArches), of);
  const { state, summary, requirements } = concluded([judge(of, asked)], []);
  return { state, summary, requirements: requirements.flatMap(toldRequirement) };
};

/** Key by key: quicker by far than all but one. */
const resultOf = (result: TestResult): Result => ({
  id: result.id,
  testCase: result.testCase,
  outcome: result.outcome,
  scenario: result.scenario,
  arch: result.arch,
  variant: result.variant,
  run: result.run,
  order: result.receivedOrder,
  digest: result.digest,
});

const subjectOf = ({ nvr, indexDigest, builtAt, requiredArches, manifests }: GateInput): Subject => ({
  type: 'container-image',
  identifier: nvr ?? indexDigest,
  alsoKnownAs: [indexDigest],
  builtAt,
  requiredArches,
  image: { indexDigest, manifests },
});

const imageTypes: readonly string[] = ['container-image', 'redhat-container-image'];

/** A waiver for the image, by whichever name of its kind. */
const ofImage = (waiver: Waiver): Waiver =>
  imageTypes.includes(waiver.subjectType) ? { ...waiver, subjectType: 'container-image' } : waiver;

const toldRequirement = (stood: Stood): readonly Requirement[] => {
  if (stood.kind !== 'test') return [];
  const arch = Arch.options.find((known) => known === stood.arch);
  return [
    {
      testCase: stood.testCase,
      ...(stood.scenario !== undefined && { scenario: stood.scenario }),
      ...(arch && { arch }),
      ...(stood.variant !== undefined && { variant: stood.variant }),
      state: stood.state,
      ...(stood.result !== undefined && { result: stood.result }),
      ...(stood.unwaived && { unwaived: stood.unwaived }),
      ...(stood.waiver !== undefined && { waiver: stood.waiver }),
      ...(stood.alarmAt && { alarmAt: stood.alarmAt }),
    },
  ];
};
