/** gating.yaml: what an image's own folder asks of its builds, in Greenwave's language (docs/gating.md). */
import type { GatingRule } from '../../schemas/files/image.ts';
import { fitsOne } from '../gating/glob.ts';
import type { Policy } from '../gating/policy.ts';
import { readPolicyFile } from '../gating/policy-yaml.ts';

/** The rules of the policies that are for `productVersion` (`fedora-40`), each once. */
export const readGatingYaml = (
  text: string,
  productVersion: string,
): { readonly rules: readonly GatingRule[] } | { readonly problems: readonly string[] } => {
  const read = readPolicyFile('gating.yaml', text, 'image');
  if ('problems' in read) return read;
  const rules = read.policies
    .filter((policy) => fitsOne(policy.productVersions, productVersion))
    .flatMap(rulesOf);
  return { rules: [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()] };
};

/** Each rule with all that its policy says of when it holds. */
const rulesOf = ({ rules, ...policy }: Policy): readonly GatingRule[] =>
  rules.flatMap((rule) => {
    if (rule.kind !== 'PassingTestCaseRule') return [];
    const { kind: _, ...asked } = rule;
    return [
      {
        ...asked,
        ...(policy.id !== undefined && { policy: policy.id }),
        ...(policy.decisionContexts.length > 0 && { decisionContexts: [...policy.decisionContexts] }),
        ...(policy.subjectTypes.length > 0 && { subjectTypes: [...policy.subjectTypes] }),
        ...(policy.packages.length > 0 && { packages: [...policy.packages] }),
        ...(policy.excludedPackages.length > 0 && { excludedPackages: [...policy.excludedPackages] }),
      },
    ];
  });
