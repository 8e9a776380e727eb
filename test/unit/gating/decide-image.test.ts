import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Outcome } from '../../../schemas/events/releasing.ts';
import type { GatingRule } from '../../../schemas/files/image.ts';
import { Arch, IndexDigest, ManifestDigest } from '../../../schemas/ids.ts';
import { Instant } from '../../../schemas/instant.ts';
import { decideImage, type GateInput, type TestResult } from '../../../src/gating/decide-image.ts';

const indexDigest = IndexDigest.parse(`sha256:${'a'.repeat(64)}`);
const otherIndex = IndexDigest.parse(`sha256:${'b'.repeat(64)}`);
const manifestOf = (arch: Arch) =>
  ManifestDigest.parse(`sha256:${String(Arch.options.indexOf(arch)).repeat(64)}`);
const requiredArches: Arch[] = ['x86_64', 's390x'];

const aResult = (result: Partial<TestResult> & Pick<TestResult, 'outcome'>): TestResult => {
  const receivedOrder = result.receivedOrder ?? 1;
  return { id: receivedOrder, testCase: 'smoke', digest: indexDigest, receivedOrder, ...result };
};

const gate = (results: readonly TestResult[], more: Partial<GateInput> = {}) =>
  decideImage({
    rules: [{ testCase: 'smoke' }],
    requiredArches,
    indexDigest,
    manifests: requiredArches.map((arch) => ({ arch, manifestDigest: manifestOf(arch) })),
    results,
    ...more,
  });

describe('decideImage', () => {
  test('asks for nothing where there are no rules', () => {
    expect(gate([], { rules: [] })).toEqual({
      state: 'satisfied',
      requirements: [],
      summary: 'No tests are required',
    });
  });

  test('silence of a required arch is missing', () => {
    expect(gate([aResult({ outcome: 'PASSED', arch: 'x86_64' })])).toEqual({
      state: 'waiting',
      requirements: [
        { testCase: 'smoke', arch: 'x86_64', state: 'passed', result: 1 },
        { testCase: 'smoke', arch: 's390x', state: 'missing' },
      ],
      summary: 'Of 2 required tests, 1 result missing',
    });
  });

  test('a result without an arch counts for every arch', () => {
    const decision = gate([aResult({ outcome: 'INFO' })]);
    expect(decision.state).toBe('satisfied');
    expect(decision.summary).toBe('All required tests (2 total) have passed or been waived');
  });

  test("a result for an arch's manifest counts for that arch", () => {
    const decision = gate([aResult({ outcome: 'PASSED', digest: manifestOf('s390x') })]);
    expect(decision.requirements.map(({ state }) => state)).toEqual(['missing', 'passed']);
  });

  test('a result for another digest never counts', () => {
    expect(gate([aResult({ outcome: 'PASSED', digest: otherIndex })]).state).toBe('waiting');
  });

  test("a result that names one arch and another arch's manifest counts for neither", () => {
    const decision = gate([aResult({ outcome: 'PASSED', arch: 'x86_64', digest: manifestOf('s390x') })]);
    expect(decision.requirements.map(({ state }) => state)).toEqual(['missing', 'missing']);
  });

  test.each<[Outcome, string, string]>([
    ['FAILED', 'unsatisfied', 'Of 2 required tests, 2 tests failed'],
    ['NEEDS_INSPECTION', 'unsatisfied', 'Of 2 required tests, 2 tests failed'],
    ['ERROR', 'unsatisfied', 'Of 2 required tests, 2 tests errored'],
    ['QUEUED', 'waiting', 'Of 2 required tests, 2 tests incomplete'],
    ['RUNNING', 'waiting', 'Of 2 required tests, 2 tests incomplete'],
  ])('%s makes it %s', (outcome, state, summary) => {
    expect(gate([aResult({ outcome })])).toMatchObject({ state, summary });
  });

  test('the latest run counts, so that a test can be run again', () => {
    const first = aResult({ outcome: 'FAILED', run: 'one', receivedOrder: 1 });
    const second = aResult({ outcome: 'PASSED', run: 'two', receivedOrder: 2 });
    expect(gate([second, first]).state).toBe('satisfied');
  });

  test('a new run that has begun takes a passed decision back', () => {
    const passed = aResult({ outcome: 'PASSED', run: 'one', receivedOrder: 1 });
    const again = aResult({ outcome: 'RUNNING', run: 'two', receivedOrder: 2 });
    expect(gate([passed, again]).state).toBe('waiting');
  });

  test('a run that was heard to be queued after its end has ended', () => {
    const passed = aResult({ outcome: 'PASSED', run: 'one', receivedOrder: 1 });
    const late = aResult({ outcome: 'QUEUED', run: 'one', receivedOrder: 2 });
    expect(gate([late, passed]).state).toBe('satisfied');
  });

  test('the parts of the summary are sorted', () => {
    const arches: Arch[] = ['x86_64', 'aarch64', 's390x', 'ppc64le'];
    const results = [
      aResult({ outcome: 'FAILED', arch: 'x86_64' }),
      aResult({ outcome: 'ERROR', arch: 'aarch64', receivedOrder: 2 }),
      aResult({ outcome: 'QUEUED', arch: 's390x', receivedOrder: 3 }),
    ];
    expect(gate(results, { requiredArches: arches }).summary).toBe(
      'Of 4 required tests, 1 result missing, 1 test errored, 1 test failed, 1 test incomplete',
    );
  });

  test('one test case in two rules counts once', () => {
    const rules = [{ testCase: 'smoke' }, { testCase: 'smoke' }];
    expect(gate([], { rules }).requirements).toHaveLength(2);
  });

  test('without required arches the index itself must have passed', () => {
    expect(gate([], { requiredArches: [] }).requirements).toEqual([{ testCase: 'smoke', state: 'missing' }]);
    expect(gate([aResult({ outcome: 'PASSED' })], { requiredArches: [] }).state).toBe('satisfied');
  });
});

describe('for any results', () => {
  const results = fc
    .array(
      fc.record({
        outcome: fc.constantFrom(...Outcome.options),
        testCase: fc.constantFrom('smoke', 'other'),
        arch: fc.constantFrom<(Arch | undefined)[]>('x86_64', 's390x', undefined),
        digest: fc.constantFrom(indexDigest, otherIndex, manifestOf('x86_64'), manifestOf('s390x')),
        run: fc.constantFrom('one', 'two', 'three', undefined),
      }),
      { maxLength: 12 },
    )
    .map((list) => list.map((result, order): TestResult => ({ ...result, id: order, receivedOrder: order })));

  test('the order in which they are handed in does not matter', () => {
    fc.assert(
      fc.property(results, (list) => {
        expect(gate(list.toReversed())).toEqual(gate(list));
      }),
    );
  });

  test('satisfied means that each required arch has a passing result for these digests', () => {
    fc.assert(
      fc.property(results, (list) => {
        if (gate(list).state !== 'satisfied') return;
        for (const arch of requiredArches) {
          const digests: string[] = [indexDigest, manifestOf(arch)];
          expect(
            list.some(
              (result) =>
                result.testCase === 'smoke' &&
                ['PASSED', 'INFO'].includes(result.outcome) &&
                digests.includes(result.digest) &&
                (result.arch ?? arch) === arch,
            ),
          ).toBe(true);
        }
      }),
    );
  });

  test('results for other digests change nothing', () => {
    fc.assert(
      fc.property(results, (list) => {
        expect(gate(list.filter((result) => result.digest !== otherIndex))).toEqual(gate(list));
      }),
    );
  });
});

describe('what gating.yaml says of when a rule holds', () => {
  const instant = (text: string) => Instant.parse(text);
  const rule = (more: Partial<GatingRule>): Partial<GateInput> => ({
    rules: [{ testCase: 'smoke', ...more }],
    requiredArches: ['x86_64'],
    nvr: 'webd-2.4-7',
    builtAt: instant('2024-06-01T10:00:00.000000Z'),
  });
  const asked = (more: Partial<GatingRule>) => gate([], rule(more)).requirements.length;

  test('is its scenario, which a result must name', () => {
    expect(gate([aResult({ outcome: 'PASSED' })], rule({ scenario: 'bios' })).state).toBe('waiting');
    const decision = gate([aResult({ outcome: 'PASSED', scenario: 'bios' })], rule({ scenario: 'bios' }));
    expect(decision.requirements).toMatchObject([{ scenario: 'bios', arch: 'x86_64', state: 'passed' }]);
  });

  test('is its validity', () => {
    expect(asked({ validSince: instant('2024-06-01T10:00:00.000001Z') })).toBe(0);
    expect(asked({ validUntil: instant('2024-06-01T10:00:00.000001Z') })).toBe(1);
  });

  test('is the name of the component', () => {
    expect(asked({ packages: ['mailer'] })).toBe(0);
    expect(asked({ excludedPackages: ['web*'] })).toBe(0);
    expect(asked({ packages: ['web*'] })).toBe(1);
  });

  test('is not its context and type: they let nothing through', () => {
    expect(asked({ decisionContexts: ['mistyped'], subjectTypes: ['koji_build'] })).toBe(1);
  });

  test('is the time from which waiting is an alarm', () => {
    expect(gate([], rule({ alarmAfter: 3600 })).requirements).toMatchObject([
      { state: 'missing', alarmAt: '2024-06-01T11:00:00.000000Z' },
    ]);
  });
});

describe('a waiver for an image', () => {
  const waiver = {
    ...{ id: 5, subjectType: 'redhat-container-image', testCase: 'smoke', productVersion: 'fedora-40' },
    ...{ waived: true, at: Instant.parse('2024-06-01T10:00:00.000000Z') },
  };
  const failed = [aResult({ outcome: 'FAILED' })];
  const waived = (subjectIdentifier: string, more: Partial<GateInput> = {}) =>
    gate(failed, {
      ...{ nvr: 'webd-2.4-7', productVersion: 'fedora-40', waivers: [{ ...waiver, subjectIdentifier }] },
      ...more,
    });

  test.each(['webd-2.4-7', indexDigest])('by %s forgives what failed', (identifier) => {
    expect(waived(identifier)).toMatchObject({
      state: 'satisfied',
      requirements: requiredArches.map((arch) => ({ arch, state: 'waived', unwaived: 'failed', waiver: 5 })),
    });
  });

  test('of another build forgives nothing', () => {
    expect(waived('webd-2.4-8').state).toBe('unsatisfied');
  });

  test('forgives nothing where the product version is not known', () => {
    expect(waived('webd-2.4-7', { productVersion: undefined }).state).toBe('unsatisfied');
  });
});
