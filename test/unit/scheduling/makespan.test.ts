/** How near the scheduler comes to what no schedule can stay below: without a clock, so the same every time. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Nearness, nearness } from '../../../bench/schedule/measure.ts';
import { arches, images, levels } from '../../../bench/schedule/ways.ts';

const ways = [arches, images, levels];

describe('520 images on pools of 8, 4, 2 and 1 slots', () => {
  let exact: readonly Nearness[];
  let estimated: readonly Nearness[];
  beforeAll(() => {
    exact = nearness({ seed: 1, images: 520, error: 0 }, [arches]);
    estimated = nearness({ seed: 1, images: 520, error: 0.3 }, ways);
  });

  test('every pool ends within 5 % of its bound where durations are known', () => {
    expect(exact[0]?.worstPool).toBeLessThanOrEqual(1.05);
  });

  test('and within 15 % where estimates are off by up to 30 %', () => {
    expect(estimated[0]?.worstPool).toBeLessThanOrEqual(1.15);
  });

  test('earlier than image after image, and than level after level', () => {
    const [flibs, ...peers] = estimated;
    for (const peer of peers) expect(flibs?.worstPool).toBeLessThan(peer.worstPool);
  });
});

const aSmallFamily = fc.record({
  seed: fc.integer(),
  images: fc.integer({ min: 1, max: 15 }),
  error: fc.constantFrom(0, 0.3, 0.9),
});

test('no slot is ever free while something ready fits', () => {
  fc.assert(
    fc.property(aSmallFamily, (options) => {
      const [flibs] = nearness(options, [arches]);
      expect(flibs?.wasted).toBe(0);
    }),
  );
});

test('no schedule ends before the bound', () => {
  fc.assert(
    fc.property(aSmallFamily, (options) => {
      for (const { worstPool, overall } of nearness(options, ways)) {
        expect(worstPool).toBeGreaterThanOrEqual(1 - 1e-9);
        expect(overall).toBeGreaterThanOrEqual(1 - 1e-9);
      }
    }),
  );
});
