import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type PolicyOrigin, readPolicyFile, readPolicyFiles } from '../../../src/gating/policy-yaml.ts';

const read = (text: string, origin: PolicyOrigin = 'server') => {
  const found = readPolicyFile('release.yaml', text, origin);
  if ('problems' in found) throw new Error(found.problems.join('\n'));
  return found;
};
const problems = (text: string, origin: PolicyOrigin = 'server'): readonly string[] => {
  const found = readPolicyFile('release.yaml', text, origin);
  return 'problems' in found ? found.problems : [];
};

const heads = 'id: a\nproduct_versions: [fedora-*]\ndecision_context: gate\nsubject_type: koji_build\n';
const withRule = (rule: string) => `--- !Policy\n${heads}rules:\n  - ${rule}\n`;

describe('a policy', () => {
  test('is read with all its keys', () => {
    const text = `--- !Policy
id: a
product_versions: [fedora-*, epel-9]
decision_contexts: [push, compose]
subject_types: [koji_build, compose]
packages: [python3*]
excluded_packages: [python3-docs]
relevance_key: team
relevance_value: core
rules:
  - !PassingTestCaseRule {test_case_name: a.b, scenario: bios, valid_since: 2024-05-01, valid_until: "2024-06-01 00:00:00.5+02:00", arches: required, alarm_after: 2d}
  - !RemoteRule {}
  - !RemoteRule {sources: ["https://example.org/{pkg_name}.yaml"], required: yes}
`;
    expect(read(text).policies).toEqual([
      {
        id: 'a',
        productVersions: ['fedora-*', 'epel-9'],
        decisionContexts: ['push', 'compose'],
        subjectTypes: ['koji_build', 'compose'],
        packages: ['python3*'],
        excludedPackages: ['python3-docs'],
        relevanceKey: 'team',
        relevanceValue: 'core',
        rules: [
          {
            kind: 'PassingTestCaseRule',
            testCase: 'a.b',
            scenario: 'bios',
            validSince: '2024-05-01T00:00:00.000000Z',
            validUntil: '2024-05-31T22:00:00.500000Z',
            arches: 'required',
            alarmAfter: 172_800,
          },
          { kind: 'RemoteRule', required: false },
          { kind: 'RemoteRule', sources: ['https://example.org/{pkg_name}.yaml'], required: true },
        ],
      },
    ]);
  });

  test('that a rule leads to may leave out id, product versions and subject types', () => {
    expect(read('--- !Policy\ndecision_context: gate\nrules: []\n', 'remote').policies).toMatchObject([
      { productVersions: ['*'], decisionContexts: ['gate'], subjectTypes: [] },
    ]);
  });

  test('may be one of many in a file, with nothing between marks', () => {
    const text = `---\n--- !Policy\n${heads}rules: []\n---\n--- !Policy\n${heads.replace('id: a', 'id: b')}rules: []\n`;
    expect(read(text).policies.map(({ id }) => id)).toEqual(['a', 'b']);
  });
});

describe('a subject type', () => {
  test('is read with what decides which results are about it', () => {
    const text = `--- !SubjectType
id: image
aliases: [picture]
is_koji_build: true
item_key: nvr
ignore_missing_policy: true
item_dict: {item_key: nvr, keys: {type: image}}
result_queries:
  - {item_key: nvr, keys: {type: image}}
  - {item_key: digest}
product_version: rhel-8
product_version_match: [{match: "el8", product_version: rhel-8}]
`;
    expect(read(text).subjectTypes).toEqual([
      {
        id: 'image',
        aliases: ['picture'],
        itemKey: 'nvr',
        isNvr: true,
        ignoreMissingPolicy: true,
        itemDict: { itemKey: 'nvr', keys: { type: 'image' } },
        resultQueries: [
          { itemKey: 'nvr', keys: { type: 'image' } },
          { itemKey: 'digest', keys: {} },
        ],
      },
    ]);
  });
});

describe('refused with file, line and reason', () => {
  test.each([
    [
      'no tag',
      'id: a\n',
      'release.yaml:1: each document must begin with "--- !Policy" or "--- !SubjectType"',
    ],
    [
      'an unknown kind of document',
      '--- !Gate\nid: a\n',
      'release.yaml:2: !Gate is not supported; each document',
    ],
    ['no YAML', '--- !Policy\nid: [a\n', 'release.yaml:'],
    ['a key twice', '--- !Policy\nid: a\nid: b\n', 'release.yaml:3: Map keys must be unique'],
    [
      'an unknown key',
      `--- !Policy\n${heads}rules: []\nrule: []\n`,
      'release.yaml:7: rule: unknown key; known are id,',
    ],
    ['no id', `--- !Policy\n${heads.slice(6)}rules: []\n`, 'id: is missing: each policy has one of its own'],
    [
      'no product versions',
      '--- !Policy\nid: a\ndecision_context: c\nsubject_type: s\nrules: []\n',
      'product_versions: is missing: a list such as [fedora-*]',
    ],
    [
      'no context',
      '--- !Policy\nid: a\nproduct_versions: [a]\nsubject_type: s\nrules: []\n',
      'decision_context: is missing: give it, or decision_contexts',
    ],
    [
      'no subject type',
      '--- !Policy\nid: a\nproduct_versions: [a]\ndecision_context: c\nrules: []\n',
      'subject_type: is missing: give it, or subject_types',
    ],
    [
      'a context twice',
      `--- !Policy\n${heads}decision_contexts: [b]\nrules: []\n`,
      'release.yaml:4: decision_context: is given twice: here and as decision_contexts',
    ],
    ['no rules', `--- !Policy\n${heads}`, 'rules: must be a list; write "rules: []" to ask for no test'],
    ['a rule without a tag', withRule('{test_case_name: a}'), 'release.yaml:7: rules.0: has no tag'],
    ['a rule of no kind', withRule('!Odd {a: b}'), 'release.yaml:7: rules.0: !Odd is not supported'],
    [
      'no test case',
      withRule('!PassingTestCaseRule {scenario: a}'),
      'release.yaml:7: rules.0.test_case_name: ',
    ],
    [
      'no time',
      withRule('!PassingTestCaseRule {test_case_name: a, valid_since: 2024-02-30}'),
      'release.yaml:7: rules.0.valid_since: "2024-02-30" is no time',
    ],
    [
      'no duration',
      withRule('!PassingTestCaseRule {test_case_name: a, alarm_after: 6}'),
      'rules.0.alarm_after: must be a number and s, m, h or d, as in 6h',
    ],
    [
      'arches by name',
      withRule('!PassingTestCaseRule {test_case_name: a, arches: [x86_64]}'),
      'rules.0.arches: can only be "required"',
    ],
    ['no boolean', withRule('!RemoteRule {required: 1}'), 'rules.0.required: must be true or false'],
    [
      'a tag within',
      `--- !Policy\n${heads}rules: []\npackages: !Odd [a]\n`,
      'release.yaml:7: packages: the tag !Odd',
    ],
    [
      'an alias of nothing',
      `--- !Policy\n${heads}rules: []\npackages: [*a]\n`,
      'release.yaml:7: Unresolved alias',
    ],
  ])('%s', (_, text, problem) => {
    expect(problems(text).join('\n')).toContain(problem);
  });

  test.each(['!PackageSpecificBuild', '!FedoraAtomicCi'])('a rule of the removed kind %s', (kind) => {
    expect(problems(withRule(`${kind} {test_case_name: a, repos: [b]}`))).toEqual([
      `release.yaml:7: rules.0: ${kind} was removed; list packages in the policy's "packages"`,
    ]);
  });

  test('a rule that leads elsewhere, in a file that one led to', () => {
    expect(problems('--- !Policy\ndecision_context: a\nrules: [!RemoteRule {}]\n', 'remote')).toEqual([
      'release.yaml:3: rules.0: !RemoteRule is not supported here: only policies of the server lead to other files',
    ]);
  });

  test('an id twice, in two files too', () => {
    const text = `--- !Policy\n${heads}rules: []\n`;
    const files = [
      { file: 'a.yaml', text },
      { file: 'b.yaml', text },
    ];
    expect(readPolicyFiles(files, 'server')).toEqual({
      problems: ['b.yaml:2: id: a is the id of a.yaml:2 already'],
    });
  });

  test('aliases that multiply without end', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const inner = level === 0 ? 'x' : `*l${level - 1}`;
      return `  - &l${level} [${Array.from({ length: 10 }, () => inner).join()}]`;
    });
    const text = `--- !Policy\n${heads}rules: []\npackages:\n${levels.join('\n')}\n`;
    expect(problems(text)).toEqual([expect.stringMatching(/^release\.yaml:\d+: Excessive alias count/)]);
  });

  test('lists that nest without end', () => {
    expect(problems(`--- !Policy\n${heads}rules: ${'['.repeat(50_000)}`)).not.toEqual([]);
  });

  test('or read: whatever is written, nothing is thrown', () => {
    const pieces = [
      '--- !Policy\n',
      heads,
      'rules:\n',
      '  - ',
      '!PassingTestCaseRule ',
      '{test_case_name: a}',
      '&a ',
      '*a',
    ];
    const word = fc.oneof(
      fc.constantFrom(...pieces, '\n', ': ', '[', ']', '{', '!!binary '),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (words) => {
        const found = readPolicyFile('release.yaml', words.join(''), 'server');
        expect('problems' in found ? found.problems.length : 1).toBeGreaterThan(0);
      }),
    );
  });

  test('all that is wrong at once', () => {
    expect(problems('--- !Policy\nrules: [!Odd {}]\n')).toHaveLength(5);
  });
});
