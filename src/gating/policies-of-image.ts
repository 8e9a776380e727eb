/** What an image's gating.yaml asks, as policies: for its own gate, and as the file that a RemoteRule leads to. */
import type { GatingRule } from '../../schemas/files/image.ts';
import type { Arch } from '../../schemas/ids.ts';
import type { Policy } from './policy.ts';

/** For its product version already. Each rule wants all arches of the index, where it has any. */
export const policiesOfImage = (
  gating: readonly GatingRule[],
  requiredArches: readonly Arch[],
): readonly Policy[] =>
  gating.map((rule) => policyOf(rule, requiredArches.length > 0 ? 'required' : undefined));

const policyOf = (rule: GatingRule, arches: 'required' | undefined): Policy => ({
  id: rule.policy,
  productVersions: ['*'],
  decisionContexts: rule.decisionContexts ?? [],
  subjectTypes: rule.subjectTypes ?? [],
  packages: rule.packages ?? [],
  excludedPackages: rule.excludedPackages ?? [],
  rules: [
    {
      kind: 'PassingTestCaseRule',
      testCase: rule.testCase,
      scenario: rule.scenario,
      validSince: rule.validSince,
      validUntil: rule.validUntil,
      arches,
      alarmAfter: rule.alarmAfter,
    },
  ],
});
