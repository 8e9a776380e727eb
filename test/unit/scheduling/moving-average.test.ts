import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Average, NEWEST_COUNTS, withRun } from '../../../src/scheduling/moving-average.ts';

const averageOf = (...seconds: number[]): Average | undefined =>
  seconds.reduce<Average | undefined>((known, took) => withRun(known, took), undefined);

describe('the average of what runs took', () => {
  test('is at first what the first took', () => {
    expect(averageOf(90)).toEqual({ seconds: 90, runs: 1 });
  });

  test('is the mean of the first few', () => {
    expect(averageOf(30, 60, 90)?.seconds).toBeCloseTo(60);
  });

  test('follows a lasting change', () => {
    const slow = Array.from({ length: 15 }, () => 600);
    expect(averageOf(60, 60, 60, ...slow)?.seconds).toBeGreaterThan(590);
  });

  test('is not thrown by one odd run', () => {
    const usual = Array.from({ length: 20 }, () => 60);
    expect(averageOf(...usual, 600)?.seconds).toBeCloseTo(60 + NEWEST_COUNTS * 540);
  });

  test('lies between the shortest and the longest', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1 }), (seconds) => {
        const average = averageOf(...seconds)?.seconds ?? Number.NaN;
        expect(average).toBeGreaterThanOrEqual(Math.min(...seconds) - 1e-6);
        expect(average).toBeLessThanOrEqual(Math.max(...seconds) + 1e-6);
      }),
    );
  });
});
