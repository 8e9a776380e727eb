/** A decision as Greenwave tells it; each requirement also says its `state`, and the whole says whether it waits. */
import type { DecisionState } from '../../schemas/events/releasing.ts';
import type {
  Decision,
  Excluded,
  FetchedFile,
  FileProblem,
  Requirement,
  TestRequirement,
  TestState,
} from './decision.ts';
import type { SubjectType } from './policy.ts';
import { itemOf, subjectTypeOf } from './subject-types.ts';

export type RequirementJson = Readonly<Record<string, unknown>>;

export interface GreenwaveResponse {
  readonly policies_satisfied: boolean;
  readonly summary: string;
  readonly satisfied_requirements: readonly RequirementJson[];
  readonly unsatisfied_requirements: readonly RequirementJson[];
  /** Not for rules on demand. */
  readonly applicable_policies?: readonly string[];
  /** Verbose only, as ResultsDB and WaiverDB have them. */
  readonly results?: readonly unknown[];
  readonly waivers?: readonly unknown[];
  /** Beyond Greenwave. */
  readonly state: DecisionState;
}

export interface ToldWith {
  readonly subjectTypes: readonly SubjectType[];
  readonly onDemand: boolean;
  /** Of a verbose answer: results and waivers by id, as they are told. */
  readonly verbose?: {
    readonly results: ReadonlyMap<number, unknown>;
    readonly waivers: ReadonlyMap<number, unknown>;
  };
}

export const greenwaveResponse = (
  decision: Decision,
  { subjectTypes, onDemand, verbose }: ToldWith,
): GreenwaveResponse => {
  const isSatisfied = ({ state }: Requirement) => state === 'passed' || state === 'waived';
  // Of a waived problem with a file Greenwave tells nothing.
  const told = decision.requirements.filter((one) => !('sources' in one) || one.state !== 'waived');
  const json = (requirement: Requirement) => requirementJson(requirement, subjectTypes);
  return {
    policies_satisfied: decision.state === 'satisfied',
    summary: decision.summary,
    satisfied_requirements: told.filter(isSatisfied).map(json),
    unsatisfied_requirements: told.filter((one) => !isSatisfied(one)).map(json),
    ...(!onDemand && { applicable_policies: decision.applicablePolicies }),
    ...(verbose && {
      results: listed(decision.latestResults, verbose.results),
      waivers: listed(decision.waiversInForce, verbose.waivers),
    }),
    state: decision.state,
  };
};

const listed = (ids: readonly number[], known: ReadonlyMap<number, unknown>): readonly unknown[] =>
  ids.flatMap((id) => (known.has(id) ? [known.get(id)] : []));

const requirementJson = (one: Requirement, subjectTypes: readonly SubjectType[]): RequirementJson => {
  switch (one.kind) {
    case 'test':
      return testJson(one, subjectTypes);
    case 'excluded':
      return excludedJson(one);
    case 'fetched-gating-yaml':
      return { ...fileJson(one), source: one.source, state: one.state };
    default:
      return problemJson(one);
  }
};

/** Greenwave has no words of its own for a test that is queued or runs. */
const types: Readonly<Record<TestState, string>> = {
  passed: 'test-result-passed',
  missing: 'test-result-missing',
  queued: 'test-result-missing',
  running: 'test-result-missing',
  failed: 'test-result-failed',
  errored: 'test-result-errored',
};

const testJson = (one: TestRequirement, subjectTypes: readonly SubjectType[]): RequirementJson => {
  const stands = one.state === 'waived' ? (one.unwaived ?? 'missing') : one.state;
  const type = subjectTypeOf(one.subjectType, subjectTypes);
  return {
    type: one.state === 'waived' ? `${types[stands]}-waived` : types[stands],
    testcase: one.testCase,
    subject_type: one.subjectType,
    subject_identifier: one.subjectIdentifier,
    source: one.source ?? null,
    ...(one.result !== undefined && { result_id: one.result }),
    ...(stands === 'errored' && { error_reason: one.errorReason ?? null }),
    scenario: one.scenario ?? null,
    ...((one.result !== undefined || one.arch !== undefined) && { system_architecture: one.arch ?? null }),
    ...(one.result !== undefined && { system_variant: one.variant ?? null }),
    ...(one.waiver !== undefined && { waiver_id: one.waiver }),
    ...(one.state !== 'waived' && one.state !== 'passed' && { item: itemOf(type, one.subjectIdentifier) }),
    state: one.state,
    ...(one.alarmAt && { alarm_at: one.alarmAt }),
  };
};

const excludedJson = (one: Excluded): RequirementJson => ({
  type: one.kind,
  subject_identifier: one.subjectIdentifier,
  policy: one.policy ?? null,
  source: one.source ?? null,
  state: one.state,
});

const fileJson = (one: FetchedFile | FileProblem) => ({
  type: one.kind,
  testcase: one.kind,
  subject_type: one.subjectType,
  subject_identifier: one.subjectIdentifier,
});

const problemJson = (one: FileProblem): RequirementJson => ({
  ...fileJson(one),
  scenario: null,
  ...(one.kind === 'invalid-gating-yaml'
    ? { source: one.sources[0] ?? null, details: one.details }
    : { sources: one.sources }),
  ...(one.kind === 'failed-fetch-gating-yaml' && { error: one.details }),
  state: one.state,
});
