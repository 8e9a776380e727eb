import { describe, expect, test } from '@jest/globals';
import { image, packageList, problems } from './a-definition.ts';

describe('gating.yaml', () => {
  const policy = (text: string) => packageList('', { gatingYaml: text });
  const rule = (name: string) => `  - !PassingTestCaseRule {test_case_name: ${name}}\n`;

  test('gives the test cases of the policies for the product version, each once', () => {
    const text =
      `--- !Policy\nproduct_versions:\n  - fedora-*\ndecision_context: gate\nsubject_type: redhat-container-image\nrules:\n${rule('smoke')}${rule('audit')}` +
      `--- !Policy\nid: other\nproduct_versions: [fedora-39]\nrules:\n${rule('old')}` +
      `--- !Policy\nproduct_versions: [fedora-4?]\nrules:\n${rule('smoke')}`;
    expect(image(policy(text)).gating).toEqual([{ testCase: 'smoke' }, { testCase: 'audit' }]);
  });

  test('that asks for nothing asks for nothing', () => {
    expect(image(policy('--- !Policy\nrules: []\n')).gating).toEqual([]);
    expect(image(policy('')).gating).toEqual([]);
    expect(image(policy('---\n')).gating).toEqual([]);
  });

  test.each([
    ['rules: []', 'each document must begin with "--- !Policy"'],
    ['--- !Policy\nid: a', 'rules: must be a list'],
    ['--- !Policy\nrules: [!RemoteRule {}]', 'rules.0: !RemoteRule is not supported'],
    ['--- !Policy\nrules: [{test_case_name: a}]', 'rules.0: has no tag'],
    ['--- !Policy\nrules: [!PassingTestCaseRule {}]', 'rules.0'],
    [
      '--- !Policy\nrules: [!PassingTestCaseRule {test_case_name: a, valid_since: 2024-01-01}]',
      'rules.0.valid_since: unknown key; known are test_case_name',
    ],
    ['--- !Policy\nexcluded_packages: [a]\nrules: []', 'excluded_packages: unknown key'],
  ])('%j is refused: %s', (text, problem) => {
    expect(problems(policy(text))).toContain(problem);
  });
});
