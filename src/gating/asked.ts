/** What the policies ask of one subject: rules in their order, files of RemoteRules read in their place. */
import type { Instant } from '../../schemas/instant.ts';
import type { Excluded, FetchedFile, FileProblem, Subject } from './decision.ts';
import { fitsOne } from './glob.ts';
import type { PassingTestCaseRule, Policy, RemoteRule, SubjectType } from './policy.ts';
import { readPolicyFile } from './policy-yaml.ts';
import { addressesOf, own, type RemoteRuleFiles } from './remote-rules.ts';
import { isOfType, packageName } from './subject-types.ts';

export interface AskedRule {
  readonly rule: PassingTestCaseRule;
  readonly source?: string | undefined;
}

export type Asked = AskedRule | { readonly found: Excluded | FetchedFile | FileProblem };

export interface AskedOf {
  readonly subject: Subject;
  readonly type: SubjectType;
  /** Undefined: policies of RemoteRules apply whatever their context. */
  readonly decisionContexts: readonly string[] | undefined;
  readonly productVersion: string;
  readonly remoteRules: RemoteRuleFiles;
  /** What rules' validity goes by. */
  readonly builtAt: Instant;
}

/** No rule twice: two that ask the same are one, as strict as the stricter. */
export const askedBy = (policies: readonly Policy[], of: AskedOf): readonly Asked[] => {
  const asked = new Map<string, Asked>();
  for (const each of policies.flatMap((policy) => askedByPolicy(policy, of, undefined))) {
    if ('found' in each) {
      asked.set(JSON.stringify(each), each);
      continue;
    }
    if (!isValid(each.rule, of.builtAt)) continue;
    const key = JSON.stringify([each.rule.testCase, each.rule.scenario]);
    const known = asked.get(key);
    asked.set(key, known && 'rule' in known ? { ...known, rule: stricter(known.rule, each.rule) } : each);
  }
  return [...asked.values()];
};

const isValid = (rule: PassingTestCaseRule, at: Instant): boolean =>
  (rule.validSince === undefined || rule.validSince <= at) &&
  (rule.validUntil === undefined || at < rule.validUntil);

const stricter = (one: PassingTestCaseRule, other: PassingTestCaseRule): PassingTestCaseRule => {
  const arches = one.arches ?? other.arches;
  const alarms = [one.alarmAfter, other.alarmAfter].filter((seconds) => seconds !== undefined);
  return {
    ...one,
    ...(arches && { arches }),
    ...(alarms.length > 0 && { alarmAfter: Math.min(...alarms) }),
  };
};

const askedByPolicy = (policy: Policy, of: AskedOf, source: string | undefined): readonly Asked[] => {
  const { subject, type } = of;
  const name = packageName(type, subject.identifier);
  if (name !== undefined && fitsOne(policy.excludedPackages, name)) {
    const excluded: Excluded = { kind: 'excluded', state: 'passed', ...named(of), policy: policy.id, source };
    return [{ found: excluded }];
  }
  if (name !== undefined && policy.packages.length > 0 && !fitsOne(policy.packages, name)) return [];
  return policy.rules.flatMap((rule) =>
    rule.kind === 'RemoteRule' ? askedElsewhere(rule, policy, of) : [{ rule, source }],
  );
};

const named = ({ subject, type }: AskedOf) => ({
  subjectType: type.id,
  subjectIdentifier: subject.identifier,
});

/** The first file that is there counts. */
const askedElsewhere = (rule: RemoteRule, parent: Policy, of: AskedOf): readonly Asked[] => {
  const about = named(of);
  const look = addressesOf(
    { type: of.type.id, identifier: of.subject.identifier },
    rule.sources,
    of.remoteRules,
  );
  const problem = (
    kind: FileProblem['kind'],
    state: FileProblem['state'],
    sources: readonly string[],
    details?: string,
  ): Asked => ({ found: { kind, state, ...about, sources, ...(details !== undefined && { details }) } });

  const source = look.addresses.find((address) => own(of.remoteRules.files, address) !== undefined);
  const file = source === undefined ? undefined : own(of.remoteRules.files, source);
  if (source === undefined || file === undefined) {
    if ('failure' in look)
      return [problem('failed-fetch-gating-yaml', 'errored', look.addresses, look.failure)];
    if (!rule.required || look.addresses.length === 0) return [];
    return [problem('missing-gating-yaml', 'failed', look.addresses)];
  }
  if ('failure' in file) return [problem('failed-fetch-gating-yaml', 'errored', [source], file.failure)];
  const read = 'policies' in file ? file : readPolicyFile(source, file.text, 'remote');
  const fetched: Asked = { found: { kind: 'fetched-gating-yaml', state: 'passed', ...about, source } };
  if ('problems' in read)
    return [fetched, problem('invalid-gating-yaml', 'failed', [source], read.problems.join('\n'))];
  return [
    fetched,
    ...read.policies
      .filter((policy) => appliesUnder(parent, policy, of))
      .flatMap((policy) => askedByPolicy(policy, of, source)),
  ];
};

/** A file elsewhere speaks for the gates of the policy that led to it, and of those for the one that is asked. */
const appliesUnder = (parent: Policy, policy: Policy, of: AskedOf): boolean => {
  const { decisionContexts: asked } = of;
  return (
    fitsOne(policy.productVersions, of.productVersion) &&
    (policy.subjectTypes.length === 0 || policy.subjectTypes.some((type) => isOfType(of.type, type))) &&
    (asked === undefined ||
      policy.decisionContexts.length === 0 ||
      policy.decisionContexts.some(
        (context) => asked.includes(context) && parent.decisionContexts.includes(context),
      ))
  );
};
