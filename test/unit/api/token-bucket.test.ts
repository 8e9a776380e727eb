import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newBuckets } from '../../../src/api/token-bucket.ts';

const onClock = (burst: number, perSecond: number) => {
  let now = 0;
  const buckets = newBuckets({ burst, perSecond }, () => now);
  return {
    take: (key = 'a') => buckets.take(key),
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
  };
};

describe('a bucket', () => {
  test('gives its burst at once, then says how long to wait', () => {
    const bucket = onClock(2, 0.5);
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 2]);
    bucket.pass(1);
    expect(bucket.take()).toBe(1);
    bucket.pass(1);
    expect(bucket.take()).toBe(0);
  });

  test('is one for each key', () => {
    const bucket = onClock(1, 1);
    expect([bucket.take('a'), bucket.take('b'), bucket.take('a')]).toEqual([0, 0, 1]);
  });

  test('of a key that was forgotten among many others is full again', () => {
    const bucket = onClock(1, 0.001);
    bucket.take('first');
    for (let other = 0; other < 10_000; other += 1) bucket.take(`${other}`);
    expect(bucket.take('first')).toBe(0);
  });

  test('never gives more than its burst and what has come since', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 10 }),
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 100 }),
        (burst, perSecond, pauses) => {
          const bucket = onClock(burst, perSecond);
          let given = 0;
          let passed = 0;
          for (const pause of pauses) {
            bucket.pass(pause);
            passed += pause;
            if (bucket.take() === 0) given += 1;
            expect(given).toBeLessThanOrEqual(burst + passed * perSecond);
          }
        },
      ),
    );
  });
});
