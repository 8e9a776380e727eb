import { describe, expect, test } from '@jest/globals';
import { Instant } from '../../../schemas/instant.ts';
import { decide } from '../../../src/gating/decide.ts';
import { policiesOfImage } from '../../../src/gating/policies-of-image.ts';
import { noRemoteRules } from '../../../src/gating/remote-rules.ts';
import { anInput, aPolicy, aResult, aRule, at, decided, standings, subject } from './a-decision.ts';

const both = { subjects: [{ ...subject, requiredArches: ['x86_64', 's390x'] }] };
const required = [aPolicy({ rules: [aRule({ arches: 'required' })] })];

describe('arches: required', () => {
  test('makes the silence of a required arch missing', () => {
    const results = [aResult(1, 'PASSED', { arch: 'x86_64' })];
    const decision = decided(anInput({ policies: required, results, request: both }));
    expect(decision.state).toBe('waiting');
    expect(standings(decision)).toEqual(['passed smoke x86_64', 'missing smoke s390x']);
  });

  test('lets a result for no arch speak for all, and a later one for its own', () => {
    const results = [aResult(1, 'PASSED'), aResult(2, 'FAILED', { arch: 's390x' })];
    const decision = decided(anInput({ policies: required, results, request: both }));
    expect(standings(decision)).toEqual(['passed smoke x86_64', 'failed smoke s390x']);
  });

  test('overlooks no arch that failed beyond those', () => {
    const results = [aResult(1, 'PASSED'), aResult(2, 'FAILED', { arch: 'aarch64' })];
    const decision = decided(anInput({ policies: required, results, request: both }));
    expect(standings(decision)).toEqual([
      'passed smoke x86_64',
      'passed smoke s390x',
      'failed smoke aarch64',
    ]);
  });

  test('cannot be decided where nobody says which arches', () => {
    expect(decide(anInput({ policies: required }))).toEqual({
      status: 400,
      message:
        'smoke must have been reported for each required arch of webd-2.4-7: name them in required_arches',
    });
  });

  test('holds where one of two equal rules has it', () => {
    const policies = [aPolicy(), ...required];
    expect(standings(decided(anInput({ policies, request: both })))).toEqual([
      'missing smoke x86_64',
      'missing smoke s390x',
    ]);
  });
});

describe('the validity of a rule', () => {
  const since = aPolicy({ rules: [aRule({ validSince: at(12) })] });
  const until = aPolicy({ rules: [aRule({ validUntil: at(12) })] });
  const builtAt = (time: Instant | undefined) => ({ subjects: [{ ...subject, builtAt: time }] });

  test.each([
    ['since, before', since, at(11), []],
    ['since, then', since, at(12), ['missing smoke']],
    ['until, before', until, at(11), ['missing smoke']],
    ['until, then', until, at(12), []],
    ['since, of what nobody knows the age', since, undefined, ['missing smoke']],
  ])('%s', (_, policy, time, asked) => {
    expect(standings(decided(anInput({ policies: [policy], request: builtAt(time) })))).toEqual(asked);
  });

  test('that is over keeps no equal rule from counting', () => {
    const decision = decided(anInput({ policies: [until, aPolicy()], request: builtAt(at(13)) }));
    expect(standings(decision)).toEqual(['missing smoke']);
  });
});

describe('alarm_after', () => {
  const policies = [aPolicy({ rules: [aRule({ alarmAfter: 7200 })] })];
  const request = { subjects: [{ ...subject, builtAt: at(10) }] };
  const alarms = (outcome: string) =>
    decided(anInput({ policies, request, results: [aResult(1, outcome)] })).requirements.map((one) =>
      one.kind === 'test' ? one.alarmAt : undefined,
    );

  test.each(['QUEUED', 'RUNNING'])('tells from when a test that is %s is an alarm', (outcome) => {
    expect(alarms(outcome)).toEqual([at(12)]);
  });

  test('says nothing of a test that has ended', () => {
    expect(alarms('FAILED')).toEqual([undefined]);
  });

  test('tells it of a test that is missing, and keeps microseconds', () => {
    const built = Instant.parse('2024-06-01T22:30:00.123456Z');
    const decision = decided(anInput({ policies, request: { subjects: [{ ...subject, builtAt: built }] } }));
    expect(decision.requirements).toMatchObject([
      { state: 'missing', alarmAt: '2024-06-02T00:30:00.123456Z' },
    ]);
  });

  test('is the shorter of two', () => {
    const shorter = aPolicy({ rules: [aRule({ alarmAfter: 3600 })] });
    const decision = decided(anInput({ policies: [...policies, shorter], request }));
    expect(decision.requirements).toMatchObject([{ alarmAt: at(11) }]);
  });
});

describe('several subjects', () => {
  const other = { type: 'container-image', identifier: 'mailer-1-1' };

  test('must all be satisfied, each by its own results', () => {
    const decision = decided(
      anInput({ results: [aResult(1, 'PASSED')], request: { subjects: [subject, other] } }),
    );
    expect(decision.state).toBe('waiting');
    expect(decision.requirements.map(({ subjectIdentifier, state }) => [subjectIdentifier, state])).toEqual([
      ['webd-2.4-7', 'passed'],
      ['mailer-1-1', 'missing'],
    ]);
  });
});

describe('packages of a policy', () => {
  const asked = (packages: readonly string[], identifier: string) =>
    standings(
      decided(
        anInput({ policies: [aPolicy({ packages })], request: { subjects: [{ ...subject, identifier }] } }),
      ),
    );

  test.each([
    ['webd-2.4-7', 'webd', 1],
    ['web-d-2.4-7', 'web-d', 1],
    ['webd-2.4-7', 'web', 0],
    ['webd', 'webd', 1],
  ])('of %s: %s', (identifier, pattern, count) => {
    expect(asked([pattern], identifier)).toHaveLength(count);
  });

  test('let nothing through that is asked for by its digest', () => {
    expect(asked(['webd'], `sha256:${'a'.repeat(64)}`)).toEqual(['missing smoke']);
  });
});

describe('rules on demand', () => {
  test('count instead of policies, whatever the context', () => {
    const request = { decisionContexts: [], rules: [aRule({ testCase: 'install' })] };
    const decision = decided(anInput({ request }));
    expect(standings(decision)).toEqual(['missing install']);
    expect(decision.applicablePolicies).toEqual([]);
  });
});

describe('a file that a rule leads to', () => {
  const address = 'https://example.org/webd.yaml';
  const leading = [
    aPolicy({ rules: [{ kind: 'RemoteRule', sources: [address], required: false }, aRule()] }),
  ];
  const withFile = (file: { readonly text: string } | { readonly failure: string }) =>
    decided(anInput({ policies: leading, remoteRules: { ...noRemoteRules, files: { [address]: file } } }));

  test('that cannot be used is told with its line, and the rest goes on', () => {
    const decision = withFile({ text: '--- !Policy\ndecision_context: gate\nrules:\n  - !Odd {}\n' });
    expect(decision.requirements[1]).toMatchObject({
      kind: 'invalid-gating-yaml',
      details: expect.stringContaining(`${address}:4: rules.0: !Odd is not supported`),
    });
    expect(decision.state).toBe('unsatisfied');
    expect(decision.summary).toBe(
      '1 error due to invalid remote rule file. Of 1 required test, 1 result missing',
    );
  });

  test('that cannot be fetched is told', () => {
    const decision = withFile({ failure: 'time-out' });
    expect(decision.requirements[0]).toMatchObject({ kind: 'failed-fetch-gating-yaml', details: 'time-out' });
  });

  test('leads to no further file', () => {
    const decision = withFile({ text: '--- !Policy\ndecision_context: gate\nrules:\n  - !RemoteRule {}\n' });
    expect(decision.requirements[1]).toMatchObject({ kind: 'invalid-gating-yaml' });
  });

  test('may have been read already, as that of an image of ours', () => {
    const gating = [
      { testCase: 'install' },
      { testCase: 'audit', decisionContexts: ['gate'] },
      { testCase: 'other', decisionContexts: ['another'] },
      { testCase: 'rpm', subjectTypes: ['koji_build'] },
    ];
    const files = { [address]: { policies: policiesOfImage(gating, ['x86_64']) } };
    const policies = [aPolicy({ rules: [{ kind: 'RemoteRule', sources: [address], required: true }] })];
    const request = { subjects: [{ ...subject, requiredArches: ['x86_64'] }] };
    const decision = decided(anInput({ policies, request, remoteRules: { ...noRemoteRules, files } }));
    expect(standings(decision)).toEqual([
      'passed fetched-gating-yaml',
      'missing install x86_64',
      'missing audit x86_64',
    ]);
  });

  test('is the first of those that are there', () => {
    const sources = ['https://example.org/none.yaml', address];
    const policies = [aPolicy({ rules: [{ kind: 'RemoteRule', sources, required: true }] })];
    const files = { [address]: { text: '--- !Policy\ndecision_context: gate\nrules: []\n' } };
    const decision = decided(anInput({ policies, remoteRules: { ...noRemoteRules, files } }));
    expect(standings(decision)).toEqual(['passed fetched-gating-yaml']);
  });

  test('may be named by the digest of what is asked for', () => {
    const byDigest = { type: 'group', identifier: 'sha256:0123' };
    const sources = ['https://example.org/{subject_id}.yaml'];
    const policies = [
      aPolicy({ subjectTypes: ['group'], rules: [{ kind: 'RemoteRule', sources, required: true }] }),
    ];
    const decision = decided(anInput({ policies, request: { subjects: [byDigest] } }));
    expect(decision.requirements).toMatchObject([{ sources: ['https://example.org/0123.yaml'] }]);
  });
});
