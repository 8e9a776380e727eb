/** Policies, results and waivers about one subject, stated as far as they matter. */
import { Instant } from '../../../schemas/instant.ts';
import { decide } from '../../../src/gating/decide.ts';
import type {
  Decision,
  DecisionInput,
  DecisionRequest,
  Result,
  Waiver,
} from '../../../src/gating/decision.ts';
import type { PassingTestCaseRule, Policy } from '../../../src/gating/policy.ts';

export const at = (hour: number, day = 1): Instant =>
  Instant.parse(`2024-06-0${day}T${String(hour).padStart(2, '0')}:00:00.000000Z`);

export const subject = { type: 'container-image', identifier: 'webd-2.4-7' };

export const aRule = (rule: Partial<PassingTestCaseRule> = {}): PassingTestCaseRule => ({
  kind: 'PassingTestCaseRule',
  testCase: 'smoke',
  ...rule,
});

export const aPolicy = (policy: Partial<Policy> = {}): Policy => ({
  id: 'release',
  productVersions: ['fedora-*'],
  decisionContexts: ['gate'],
  subjectTypes: ['container-image'],
  packages: [],
  excludedPackages: [],
  rules: [aRule()],
  ...policy,
});

export const aResult = (id: number, outcome: string, result: Partial<Result> = {}): Result => ({
  id,
  testCase: 'smoke',
  outcome,
  order: id,
  at: at(Math.floor(id) % 24),
  data: { type: [subject.type], item: [subject.identifier] },
  ...result,
});

export const aWaiver = (id: number, waiver: Partial<Waiver> = {}): Waiver => ({
  id,
  subjectType: subject.type,
  subjectIdentifier: subject.identifier,
  testCase: 'smoke',
  productVersion: 'fedora-40',
  waived: true,
  at: at(Math.floor(id) % 24),
  ...waiver,
});

export const anInput = (
  input: Partial<Omit<DecisionInput, 'request'>> & { readonly request?: Partial<DecisionRequest> } = {},
): DecisionInput => ({
  policies: [aPolicy()],
  subjectTypes: [],
  results: [],
  waivers: [],
  now: at(0, 3),
  ...input,
  request: { decisionContexts: ['gate'], productVersion: 'fedora-40', subjects: [subject], ...input.request },
});

export const decided = (input: DecisionInput): Decision => {
  const decision = decide(input);
  if ('status' in decision) throw new Error(decision.message);
  return decision;
};

/** `state testCase arch scenario variant`, of each test that is asked for. */
export const standings = (decision: Decision): readonly string[] =>
  decision.requirements.flatMap((one) =>
    one.kind === 'test'
      ? [
          [one.state, one.testCase, one.arch, one.scenario, one.variant]
            .filter((part) => part !== undefined)
            .join(' '),
        ]
      : [`${one.state} ${one.kind}`],
  );
