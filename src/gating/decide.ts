/**
 * The gate: policy, results and the arches that must have spoken, to a decision. The rules that peers lack: silence
 * of a required arch is missing, and waiting is told apart from failing.
 */
import type { DecisionState, Outcome, Requirement } from '../../schemas/events/releasing.ts';
import type { GatingRule } from '../../schemas/files/image.ts';
import type { Arch, IndexDigest, ManifestDigest } from '../../schemas/ids.ts';
import { summarise } from './summary.ts';

export interface TestResult {
  readonly id: number;
  readonly testCase: string;
  readonly outcome: Outcome;
  /** Absent: the result is for the index as a whole. */
  readonly arch?: Arch | undefined;
  /** What was tested: the index, or one arch's manifest. A result for anything else never counts. */
  readonly digest: IndexDigest | ManifestDigest;
  /** The attempt it belongs to; absent: an attempt of its own. */
  readonly run?: string | undefined;
  /** Grows with each result received. */
  readonly receivedOrder: number;
}

export interface GateInput {
  readonly rules: readonly GatingRule[];
  readonly requiredArches: readonly Arch[];
  readonly indexDigest: IndexDigest;
  readonly manifests: readonly { readonly arch: Arch; readonly manifestDigest: ManifestDigest }[];
  readonly results: readonly TestResult[];
}

export interface Decision {
  readonly state: DecisionState;
  /** One for each test case and required arch, in the order of the rules, then of the arches. */
  readonly requirements: readonly Requirement[];
  readonly summary: string;
}

/**
 * Each rule must have passed on each required arch, by the latest result for exactly this index or that arch's
 * manifest. With no required arch, each rule must have passed for the index.
 */
export const decide = (input: GateInput): Decision => {
  const manifests = new Map(input.manifests.map((entry) => [entry.arch, entry.manifestDigest]));
  const testCases = [...new Set(input.rules.map((rule) => rule.testCase))];
  const arches: readonly (Arch | undefined)[] =
    input.requiredArches.length > 0 ? [...new Set(input.requiredArches)] : [undefined];

  const requirements = testCases.flatMap((testCase) =>
    arches.map((arch) => {
      const subject: Subject = {
        arch,
        digests: [input.indexDigest, ...optional(arch && manifests.get(arch))],
      };
      const counting = input.results.filter(
        (result) => result.testCase === testCase && speaksFor(result, subject),
      );
      return requirementOf(testCase, arch, latest(counting));
    }),
  );
  return { state: overall(requirements), requirements, summary: summarise(requirements) };
};

interface Subject {
  readonly arch: Arch | undefined;
  readonly digests: readonly string[];
}

const optional = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value]);

const speaksFor = (result: TestResult, subject: Subject): boolean =>
  subject.digests.includes(result.digest) && (result.arch === undefined || result.arch === subject.arch);

/** A run's states may arrive in any order, or twice: its end is what counts, whenever it was heard. */
const stage = (outcome: Outcome): number => (outcome === 'QUEUED' ? 0 : outcome === 'RUNNING' ? 1 : 2);

const laterOfRun = (a: TestResult, b: TestResult): TestResult =>
  (stage(b.outcome) - stage(a.outcome) || b.receivedOrder - a.receivedOrder) > 0 ? b : a;

const latest = (results: readonly TestResult[]): TestResult | undefined => {
  const ofRun = new Map<string, TestResult>();
  for (const result of results) {
    const key = result.run === undefined ? `result ${result.id}` : `run ${result.run}`;
    const known = ofRun.get(key);
    ofRun.set(key, known ? laterOfRun(known, result) : result);
  }
  let newest: TestResult | undefined;
  for (const result of ofRun.values()) {
    if (!newest || result.receivedOrder > newest.receivedOrder) newest = result;
  }
  return newest;
};

const stateOfOutcome: Record<Outcome, Requirement['state']> = {
  PASSED: 'passed',
  INFO: 'passed',
  FAILED: 'failed',
  NEEDS_INSPECTION: 'failed',
  ERROR: 'errored',
  QUEUED: 'queued',
  RUNNING: 'running',
};

const requirementOf = (
  testCase: string,
  arch: Arch | undefined,
  result: TestResult | undefined,
): Requirement => ({
  testCase,
  ...(arch && { arch }),
  state: result ? stateOfOutcome[result.outcome] : 'missing',
  ...(result && { result: result.id }),
});

const overall = (requirements: readonly Requirement[]): DecisionState => {
  if (requirements.some(({ state }) => state === 'failed' || state === 'errored')) return 'unsatisfied';
  return requirements.every(({ state }) => state === 'passed') ? 'satisfied' : 'waiting';
};
