import { describe, expect, test } from '@jest/globals';
import { image, packageList, problems } from './a-definition.ts';

describe('gating.yaml', () => {
  const policy = (text: string) => packageList('', { gatingYaml: text });
  const rule = (name: string) => `  - !PassingTestCaseRule {test_case_name: ${name}}\n`;

  test('gives the rules of the policies for the product version, each once', () => {
    const text =
      `--- !Policy\nproduct_versions:\n  - fedora-*\nrules:\n${rule('smoke')}${rule('audit')}` +
      `--- !Policy\nid: other\nproduct_versions: [fedora-39]\nrules:\n${rule('old')}` +
      `--- !Policy\nproduct_versions: [fedora-4?]\nrules:\n${rule('smoke')}`;
    expect(image(policy(text)).gating).toEqual([{ testCase: 'smoke' }, { testCase: 'audit' }]);
  });

  test('keeps all that a policy and its rules say of when they hold', () => {
    const text = `--- !Policy
id: strict
product_versions: [fedora-40]
decision_contexts: [gate, other]
subject_type: redhat-container-image
packages: [app*]
excluded_packages: [app-debug]
rules:
  - !PassingTestCaseRule
    test_case_name: smoke
    scenario: bios
    valid_since: 2024-05-01
    valid_until: 2025-05-01T06:00:00+02:00
    arches: required
    alarm_after: 6h
`;
    expect(image(policy(text)).gating).toEqual([
      {
        testCase: 'smoke',
        scenario: 'bios',
        validSince: '2024-05-01T00:00:00.000000Z',
        validUntil: '2025-05-01T04:00:00.000000Z',
        arches: 'required',
        alarmAfter: 21_600,
        policy: 'strict',
        decisionContexts: ['gate', 'other'],
        subjectTypes: ['redhat-container-image'],
        packages: ['app*'],
        excludedPackages: ['app-debug'],
      },
    ]);
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
      '--- !Policy\nrules: [!PassingTestCaseRule {test_case_name: a, since: 2024-01-01}]',
      'rules.0.since: unknown key; known are test_case_name, scenario, valid_since, valid_until, arches, alarm_after',
    ],
    ['--- !Policy\nexcluded: [a]\nrules: []', 'excluded: unknown key'],
    ['--- !SubjectType\nid: a\n', 'each document must begin with "--- !Policy"'],
    [
      '--- !Policy\ndecision_context: a\ndecision_contexts: [b]\nrules: []',
      'decision_context: is given twice',
    ],
  ])('%j is refused: %s', (text, problem) => {
    expect(problems(policy(text))).toContain(problem);
  });
});
