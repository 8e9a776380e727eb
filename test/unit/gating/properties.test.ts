import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DecisionInput, Result, Waiver } from '../../../src/gating/decision.ts';
import { fits } from '../../../src/gating/glob.ts';
import { anInput, aPolicy, aResult, aRule, at, aWaiver, decided, subject } from './a-decision.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = {
  indexDigest: digest('a'),
  manifests: [
    { arch: 'x86_64', manifestDigest: digest('b') },
    { arch: 's390x', manifestDigest: digest('c') },
  ],
};
const otherDigest = digest('f');
const maybe = <T>(...values: readonly T[]) => fc.constantFrom(undefined, ...values);
const outcomes = ['PASSED', 'INFO', 'FAILED', 'NEEDS_INSPECTION', 'ERROR', 'QUEUED', 'RUNNING', 'ODD'];

const aTest = fc.record({
  testCase: fc.constantFrom('smoke', 'install'),
  outcome: fc.constantFrom(...outcomes),
  scenario: maybe('bios', 'uefi'),
  arch: maybe('x86_64', 's390x', 'aarch64'),
  variant: maybe('minimal'),
  run: maybe('one', 'two', 'three'),
  digest: fc.constantFrom(image.indexDigest, digest('b'), digest('c'), otherDigest),
});

const results = fc
  .array(aTest, { maxLength: 10 })
  .map((list): readonly Result[] => list.map((given, id) => ({ ...aResult(id, given.outcome), ...given })));

const aForgiving = fc.record({
  testCase: fc.constantFrom('smoke', 'install'),
  waived: fc.boolean(),
  productVersion: fc.constantFrom('fedora-40', 'fedora-41'),
  scenario: maybe('bios'),
  arch: maybe('x86_64'),
  result: maybe(0, 1, 2),
  expires: maybe(at(0, 2), at(0, 4)),
});

const waivers = fc
  .array(aForgiving, { maxLength: 6 })
  .map((list): readonly Waiver[] => list.map((given, id) => aWaiver(id, given)));

const rules = fc.array(
  fc.record({
    testCase: fc.constantFrom('smoke', 'install'),
    scenario: maybe('bios'),
    arches: maybe('required' as const),
  }),
  { maxLength: 3 },
);

/** Of an image by digest, or of the same subject by its data. */
const inputs: fc.Arbitrary<DecisionInput> = fc
  .record({ results, waivers, rules, isImage: fc.boolean() })
  .map((given) =>
    anInput({
      policies: [aPolicy({ rules: given.rules.map(aRule) })],
      results: given.results,
      waivers: given.waivers,
      request: {
        subjects: [{ ...subject, requiredArches: ['x86_64', 's390x'], ...(given.isImage && { image }) }],
      },
    }),
  );

describe('for any policies, results and waivers', () => {
  test('a passing result never turns satisfied into unsatisfied', () => {
    fc.assert(
      fc.property(inputs, aTest, fc.nat(20), (input, given, order) => {
        const passing = { ...aResult(100, 'PASSED'), ...given, outcome: 'PASSED', order: order + 0.5 };
        fc.pre(decided(input).state === 'satisfied');
        expect(decided({ ...input, results: [...input.results, passing] }).state).toBe('satisfied');
      }),
      { numRuns: 300 },
    );
  });

  test('a waiver never turns satisfied into unsatisfied', () => {
    fc.assert(
      fc.property(inputs, aForgiving, fc.nat(20), (input, given, order) => {
        const waiver = aWaiver(order + 0.5, { ...given, waived: true });
        fc.pre(decided(input).state === 'satisfied');
        expect(decided({ ...input, waivers: [...input.waivers, waiver] }).state).toBe('satisfied');
      }),
      { numRuns: 300 },
    );
  });

  test('it does not matter in which order results and waivers are handed in', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const turned = {
          ...input,
          results: input.results.toReversed(),
          waivers: input.waivers.toReversed(),
        };
        expect(decided(turned)).toEqual(decided(input));
      }),
    );
  });

  test('a decision made again from its stored inputs is equal', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const stored: DecisionInput = JSON.parse(JSON.stringify(input));
        expect(JSON.stringify(decided(stored))).toEqual(JSON.stringify(decided(input)));
      }),
    );
  });

  test('a result for another digest never counts', () => {
    fc.assert(
      fc.property(results, waivers, (given, forgiving) => {
        const of = (list: readonly Result[]) =>
          decided(
            anInput({
              results: list,
              waivers: forgiving,
              request: { subjects: [{ ...subject, requiredArches: ['x86_64', 's390x'], image }] },
            }),
          );
        expect(of(given.filter((result) => result.digest !== otherDigest))).toEqual(of(given));
      }),
    );
  });

  test('the end of a run counts whatever of it was heard first', () => {
    const states = fc.shuffledSubarray(['QUEUED', 'RUNNING', 'PASSED'], { minLength: 1 });
    fc.assert(
      fc.property(states, (heard) => {
        const given = heard.map((outcome, id) => aResult(id, outcome, { run: 'one' }));
        const end = ['PASSED', 'RUNNING', 'QUEUED'].find((state) => heard.includes(state));
        const [requirement] = decided(anInput({ results: given })).requirements;
        expect(requirement?.state).toBe(end?.toLowerCase());
      }),
    );
  });
});

describe('shell patterns', () => {
  test('fit as the same regular expression does', () => {
    const letter = fc.constantFrom('a', 'b', '-', '.');
    const piece = fc.oneof(letter, fc.constantFrom('*', '?', '[ab]', '[!ab]', '[a-b]'));
    const regexps = new Map([
      ['*', '.*'],
      ['?', '.'],
      ['[!ab]', '[^ab]'],
      ['.', '\\.'],
    ]);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), fc.array(letter, { maxLength: 8 }), (pattern, text) => {
        const regexp = new RegExp(`^${pattern.map((each) => regexps.get(each) ?? each).join('')}$`);
        expect(fits(pattern.join(''), text.join(''))).toBe(regexp.test(text.join('')));
      }),
      { numRuns: 1000 },
    );
  });

  test('never take long', () => {
    // Naive backtracking would need longer than the world has been.
    expect(fits(`${'a*'.repeat(120)}b`, 'a'.repeat(250))).toBe(false);
    expect(fits(`${'*a'.repeat(120)}`, `${'a'.repeat(250)}b`)).toBe(false);
  });

  test.each([
    ['[', '[', true],
    ['[]]', ']', true],
    ['[!]]', ']', false],
    ['[!a', '[!a', true],
    ['a[', 'a', false],
    ['', '', true],
    ['*', '', true],
  ])('%j and %j: %s', (pattern, text, does) => {
    expect(fits(pattern, text)).toBe(does);
  });
});
