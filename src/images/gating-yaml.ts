/** gating.yaml: Greenwave's policies as an image's folder has them (docs.fedoraproject.org, "Gating of packages"). */
import { isMap, isSeq } from 'yaml';
import { z } from 'zod';
import type { GatingRule } from '../../schemas/files/image.ts';
import { problemAt } from './problem-at.ts';
import { OneOrMany, readYaml, type YamlDocument, yamlProblems } from './yaml-text.ts';

const FILE = 'gating.yaml';

const Policy = z.strictObject({
  id: z.string().optional(),
  product_versions: OneOrMany(z.string()),
  decision_contexts: OneOrMany(z.string()),
  decision_context: z.string().optional(),
  subject_types: OneOrMany(z.string()),
  subject_type: z.string().optional(),
  // Read from the nodes, whose tags say what they are.
  rules: z.unknown().optional(),
});

const PassingTestCaseRule = z.strictObject({ test_case_name: z.string().min(1).max(255) });

/** The rules of the policies that are for `productVersion` (`fedora-40`), each test case once. */
export const readGatingYaml = (
  text: string,
  productVersion: string,
): { readonly rules: readonly GatingRule[] } | { readonly problems: readonly string[] } => {
  const yaml = readYaml(FILE, text);
  if ('problems' in yaml) return yaml;
  const problems: string[] = [];
  const rules = yaml.documents
    .filter((document) => document.value !== '')
    .flatMap((document) => policyRules(document, productVersion, problems));
  if (problems.length > 0) return { problems };
  return { rules: [...new Set(rules)].map((testCase) => ({ testCase })) };
};

const policyRules = (
  document: YamlDocument,
  productVersion: string,
  problems: string[],
): readonly string[] => {
  const { contents } = document;
  if (!isMap(contents) || contents.tag !== '!Policy') {
    problems.push(problemAt(document.place([]), 'each document must begin with "--- !Policy"'));
    return [];
  }
  const policy = Policy.safeParse(document.value);
  if (!policy.success) {
    problems.push(...yamlProblems(document, policy.error, { '': Object.keys(Policy.shape) }));
    return [];
  }
  const rules = contents.get('rules', true);
  if (!isSeq(rules)) {
    problems.push(
      problemAt(document.place(['rules']), 'must be a list; write "rules: []" to ask for no test'),
    );
    return [];
  }
  const names = rules.items.flatMap((rule, index) => ruleTestCase(rule, index, document, problems));
  const versions = policy.data.product_versions ?? ['*'];
  return versions.some((pattern) => matches(pattern, productVersion)) ? names : [];
};

const ruleTestCase = (
  rule: unknown,
  index: number,
  document: YamlDocument,
  problems: string[],
): readonly string[] => {
  const where = ['rules', index];
  const tag = isMap(rule) ? (rule.tag ?? '') : '';
  if (!isMap(rule) || tag !== '!PassingTestCaseRule') {
    const found = tag.startsWith('!') ? `${tag} is not supported` : 'has no tag';
    problems.push(
      problemAt(document.place(where), `${found}; rules are "!PassingTestCaseRule {test_case_name: ...}"`),
    );
    return [];
  }
  const parsed = PassingTestCaseRule.safeParse(rule.toJS(document.document));
  if (parsed.success) return [parsed.data.test_case_name];
  problems.push(...yamlProblems(document, parsed.error, { '': ['test_case_name'] }, where));
  return [];
};

/**
 * Shell pattern with `*` and `?`, as Greenwave matches product versions. Walks both texts once, going back only to the
 * last star, so that no pattern takes long.
 */
const matches = (pattern: string, text: string): boolean => {
  let [p, t, star, resume] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p;
      resume = t;
      p += 1;
    } else if (pattern[p] === '?' || pattern[p] === text[t]) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      t = resume;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(p));
};
