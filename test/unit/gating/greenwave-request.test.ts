import { describe, expect, test } from '@jest/globals';
import { readGreenwaveRequest } from '../../../src/gating/greenwave-request.ts';

const asked = {
  decision_context: 'gate',
  product_version: 'fedora-40',
  subject_type: 'koji_build',
  subject_identifier: 'nethack-1-1',
};
const read = (json: unknown) => readGreenwaveRequest(json, []);
const without = (...keys: readonly string[]) =>
  Object.fromEntries(Object.entries(asked).filter(([key]) => !keys.includes(key)));

describe('a request', () => {
  test('is read with all its keys', () => {
    const json = {
      ...asked,
      decision_context: ['gate', 'other'],
      verbose: true,
      ignore_result: [1],
      ignore_waiver: [2],
      when: '2024-06-01T10:00:00.5',
      required_arches: ['x86_64'],
      subject_build_time: '2024-06-01T09:00:00Z',
    };
    expect(read(json)).toEqual({
      decisionContexts: ['gate', 'other'],
      productVersion: 'fedora-40',
      subjects: [
        {
          type: 'koji_build',
          identifier: 'nethack-1-1',
          requiredArches: ['x86_64'],
          builtAt: '2024-06-01T09:00:00.000000Z',
        },
      ],
      when: '2024-06-01T10:00:00.500000Z',
      ignoreResults: [1],
      ignoreWaivers: [2],
      verbose: true,
    });
  });

  test('may name several subjects in the old form', () => {
    const subject = [
      { type: 'brew-build', item: 'a-1-1' },
      { original_spec_nvr: 'b-1-1' },
      { 'productmd.compose.id': 'Fedora-40' },
      { type: 'redhat-container-image', nvr: 'c-1-1' },
      { type: 'anything', item: 'd' },
    ];
    expect(read({ ...without('subject_type', 'subject_identifier'), subject })).toMatchObject({
      subjects: [
        { type: 'koji_build', identifier: 'a-1-1' },
        { type: 'koji_build', identifier: 'b-1-1' },
        { type: 'compose', identifier: 'Fedora-40' },
        { type: 'redhat-container-image', identifier: 'c-1-1' },
        { type: 'anything', identifier: 'd' },
      ],
    });
  });

  test('may bring its own rules', () => {
    const rules = [
      { type: 'PassingTestCaseRule', test_case_name: 'a', scenario: 'bios' },
      { type: 'RemoteRule', required: true },
    ];
    expect(read({ ...without('decision_context'), rules })).toMatchObject({
      decisionContexts: [],
      rules: [
        { kind: 'PassingTestCaseRule', testCase: 'a', scenario: 'bios' },
        { kind: 'RemoteRule', required: true },
      ],
    });
  });
});

describe('refused with 400', () => {
  const rules = [{ type: 'PassingTestCaseRule', test_case_name: 'a' }];

  test.each([
    ['no object', [], 'The request must be a JSON object'],
    ['no product version', without('product_version'), 'Missing required product version'],
    [
      'neither context nor rules',
      without('decision_context'),
      'Either decision_context or rules is required.',
    ],
    ['both', { ...asked, rules }, 'Cannot have both decision_context and rules'],
    ['no type', without('subject_type'), 'Missing required "subject_type" parameter'],
    ['no identifier', without('subject_identifier'), 'Missing required "subject_identifier" parameter'],
    ['a verbose that is none', { ...asked, verbose: 'yes' }, 'Invalid verbose flag, must be a bool'],
    ['no time', { ...asked, when: 'noonTea' }, 'Invalid "when" parameter, must be in ISO8601 format'],
    ['subjects that are none', { ...asked, subject: [] }, 'Invalid subject, must be a list of dicts'],
    ['a subject of no kind', { ...asked, subject: [{ item: 'a' }] }, 'Could not detect subject_identifier.'],
    ['ids that are none', { ...asked, ignore_result: ['1'] }, 'Invalid ignore_result, must be a list of ids'],
    ['a mistyped key', { ...asked, ignore_results: [1] }, 'Unknown parameter "ignore_results"'],
    [
      'rules of no kind',
      { ...without('decision_context'), rules: [{ type: 'FedoraAtomicCi' }] },
      'Failed to parse on demand policy: rules.0: its "type" must be PassingTestCaseRule or RemoteRule',
    ],
    [
      'a rule without a test case',
      { ...without('decision_context'), rules: [{ type: 'PassingTestCaseRule' }] },
      'Failed to parse on demand policy: rules.0: test_case_name: ',
    ],
  ])('%s', (_, json, message) => {
    expect(read(json)).toEqual({ status: 400, message: expect.stringContaining(message) });
  });
});
