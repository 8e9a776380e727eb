import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evrCompare, formatEvr, parseEvr, rpmVersionCompare } from '../../../src/rpm/evr.ts';

/** The comparisons that rpm's own test suite asserts (rpm 4.18, tests/rpmvercmp.at). */
const published: readonly (readonly [string, string, -1 | 0 | 1])[] = [
  ['1.0', '1.0', 0],
  ['1.0', '2.0', -1],
  ['2.0.1', '2.0.1', 0],
  ['2.0', '2.0.1', -1],
  ['2.0.1a', '2.0.1a', 0],
  ['2.0.1a', '2.0.1', 1],
  ['5.5p1', '5.5p1', 0],
  ['5.5p1', '5.5p2', -1],
  ['5.5p10', '5.5p10', 0],
  ['5.5p1', '5.5p10', -1],
  ['10xyz', '10.1xyz', -1],
  ['xyz10', 'xyz10', 0],
  ['xyz10', 'xyz10.1', -1],
  ['xyz.4', 'xyz.4', 0],
  ['xyz.4', '8', -1],
  ['xyz.4', '2', -1],
  ['5.5p2', '5.6p1', -1],
  ['5.6p1', '6.5p1', -1],
  ['6.0.rc1', '6.0', 1],
  ['10b2', '10a1', 1],
  ['10a2', '10b2', -1],
  ['1.0aa', '1.0aa', 0],
  ['1.0a', '1.0aa', -1],
  ['10.0001', '10.0001', 0],
  ['10.0001', '10.1', 0],
  ['10.0001', '10.0039', -1],
  ['4.999.9', '5.0', -1],
  ['20101121', '20101121', 0],
  ['20101121', '20101122', -1],
  ['2_0', '2_0', 0],
  ['2.0', '2_0', 0],
  ['a', 'a', 0],
  ['a+', 'a+', 0],
  ['a+', 'a_', 0],
  ['+a', '+a', 0],
  ['+a', '_a', 0],
  ['+_', '+_', 0],
  ['_+', '+_', 0],
  ['_+', '_+', 0],
  ['+', '_', 0],
  ['1.0~rc1', '1.0~rc1', 0],
  ['1.0~rc1', '1.0', -1],
  ['1.0~rc1', '1.0~rc2', -1],
  ['1.0~rc1~git123', '1.0~rc1~git123', 0],
  ['1.0~rc1~git123', '1.0~rc1', -1],
  ['1.0^', '1.0^', 0],
  ['1.0^', '1.0', 1],
  ['1.0^git1', '1.0^git1', 0],
  ['1.0^git1', '1.0', 1],
  ['1.0^git1', '1.0^git2', -1],
  ['1.0^git1', '1.01', -1],
  ['1.0^20160101', '1.0^20160101', 0],
  ['1.0^20160101', '1.0.1', -1],
  ['1.0^20160101^git1', '1.0^20160101^git1', 0],
  ['1.0^20160102', '1.0^20160101^git1', 1],
  ['1.0~rc1^git1', '1.0~rc1^git1', 0],
  ['1.0~rc1^git1', '1.0~rc1', 1],
  ['1.0^git1~pre', '1.0^git1~pre', 0],
  ['1.0^git1', '1.0^git1~pre', 1],
  ['1b.fc17', '1.fc17', -1],
  ['1g.fc17', '1.fc17', 1],
  ['1.1.α', '1.1.β', 0],
  ['1.1.αα', '1.1.β', 0],
];

/** Mostly what versions are made of, so that segments meet. */
const version = fc.string({
  unit: fc.constantFrom('0', '1', '9', '10', 'a', 'b', 'Z', 'rc', '.', '_', '~', '^', '+', 'é'),
  maxLength: 10,
});

describe('comparison of versions', () => {
  test.each(published)(
    '%s against %s is %i, as rpm publishes it, and the reverse in the other direction',
    (a, b, order) => {
      expect(rpmVersionCompare(a, b)).toBe(order);
      expect(rpmVersionCompare(b, a)).toBe(order === 0 ? 0 : -order);
    },
  );

  test('numbers are compared whatever their length and leading zeros', () => {
    expect(rpmVersionCompare('1.9007199254740993', '1.9007199254740992')).toBe(1);
    expect(rpmVersionCompare('1.000000000000000000000000002', '1.2')).toBe(0);
  });

  test('is antisymmetric', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(rpmVersionCompare(a, b) + rpmVersionCompare(b, a)).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  test('is transitive', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        fc.pre(rpmVersionCompare(a, b) <= 0 && rpmVersionCompare(b, c) <= 0);
        expect(rpmVersionCompare(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('epoch, version and release', () => {
  const evr = (text: string) => parseEvr(text) ?? { epoch: -1, version: '', release: '' };

  test.each([
    ['1:1.0-1', '2.0-1', 1],
    ['1.0-1', '1.0-2', -1],
    ['1.0-2.fc40', '1.0-10.fc40', -1],
    ['3.0.7-1.fc40', '3.0.7-1.fc39', 1],
    ['0:1.0-1', '1.0-1', 0],
  ] as const)('%s against %s is %i', (a, b, order) => {
    expect(evrCompare(evr(a), evr(b))).toBe(order);
  });

  test('an epoch of 0 is not written, as rpm does not', () => {
    expect(formatEvr({ epoch: 0, version: '1.0', release: '1.fc40' })).toBe('1.0-1.fc40');
    expect(formatEvr({ epoch: 2, version: '1.0', release: '1.fc40' })).toBe('2:1.0-1.fc40');
  });

  test.each(['', '1.0', '1.0-1-2', ':1.0-1', 'x:1.0-1', '1.0-', ' 1.0-1'])('%j is no EVR', (text) => {
    expect(parseEvr(text)).toBeUndefined();
  });
});
