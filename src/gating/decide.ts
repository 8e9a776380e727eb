/**
 * The gate: policies, results and waivers, to a decision. The rules that peers lack: silence of a required arch is
 * missing, waiting is told apart from failing, and a run's later state counts whatever the order of arrival.
 */
import { type Asked, askedBy } from './asked.ts';
import type { Decision, DecisionInput, DecisionRequest, Refusal, Subject } from './decision.ts';
import { fitsOne } from './glob.ts';
import { type Case, concluded, type Judged, judge } from './judge.ts';
import type { Policy, Rule, SubjectType } from './policy.ts';
import { noRemoteRules } from './remote-rules.ts';
import { isOfType, subjectTypeOf } from './subject-types.ts';

/** Pure: equal inputs give an equal decision, in whatever order results and waivers are handed in. */
export const decide = (input: DecisionInput): Decision | Refusal => {
  const applicable: string[] = [];
  const judged: Judged[] = [];
  for (const subject of input.request.subjects) {
    const of = caseOf(input, subject);
    const policies = applicablePolicies(input, of.type);
    if (policies.length === 0 && !of.type.ignoreMissingPolicy) return noPolicies(input.request, of.type);
    const asked = askedBy(policies, of);
    const refusal = needsArches(asked, subject);
    if (refusal) return refusal;
    if (!input.request.rules) applicable.push(...policies.map(({ id }) => id ?? ''));
    judged.push(judge(of, asked));
  }
  return concluded(judged, applicable);
};

const caseOf = (input: DecisionInput, subject: Subject): Case => {
  const { request, now } = input;
  const { when, ignoreResults = [], ignoreWaivers = [] } = request;
  const isThen = (at: string | undefined) => when === undefined || (at !== undefined && at <= when);
  return {
    subject,
    type: subjectTypeOf(subject.type, input.subjectTypes),
    decisionContexts: request.rules ? undefined : request.decisionContexts,
    productVersion: request.productVersion,
    remoteRules: input.remoteRules ?? noRemoteRules,
    builtAt: subject.builtAt ?? now,
    results: input.results.filter(({ id, at }) => isThen(at) && !ignoreResults.includes(id)),
    waivers: input.waivers.filter(({ id, at }) => isThen(at) && !ignoreWaivers.includes(id)),
    at: when ?? now,
    isVerbose: request.verbose ?? false,
  };
};

const applicablePolicies = (
  { policies, request: { rules, decisionContexts, productVersion } }: DecisionInput,
  type: SubjectType,
): readonly Policy[] =>
  rules
    ? [onDemand(rules, productVersion)]
    : policies.filter(
        (policy) =>
          policy.decisionContexts.some((context) => decisionContexts.includes(context)) &&
          policy.subjectTypes.some((id) => isOfType(type, id)) &&
          fitsOne(policy.productVersions, productVersion),
      );

const onDemand = (rules: readonly Rule[], productVersion: string): Policy => ({
  productVersions: [productVersion],
  decisionContexts: [],
  subjectTypes: [],
  packages: [],
  excludedPackages: [],
  rules,
});

const noPolicies = ({ decisionContexts, productVersion }: DecisionRequest, { id }: SubjectType): Refusal => ({
  status: 404,
  message: `Found no applicable policies for ${id} subjects at gating point(s) ${decisionContexts.join(' ')} in ${productVersion}`,
});

/** Whose arches nobody knows cannot be asked whether all have reported. */
const needsArches = (
  asked: readonly Asked[],
  { identifier, requiredArches = [] }: Subject,
): Refusal | undefined => {
  if (requiredArches.length > 0) return undefined;
  const asking = asked.find((each) => 'rule' in each && each.rule.arches === 'required');
  if (asking === undefined || !('rule' in asking)) return undefined;
  const message = `${asking.rule.testCase} must have been reported for each required arch of ${identifier}: name them in required_arches`;
  return { status: 400, message };
};
