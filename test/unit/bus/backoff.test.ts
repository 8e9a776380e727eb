import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holdBackoff, reconnectBackoff, retryDelay } from '../../../src/bus/backoff.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('a delay is never hot and never above its bound, however often it failed', () => {
  fc.assert(
    fc.property(fc.nat({ max: 100_000 }), random, (attempt, chance) => {
      expect(retryDelay(reconnectBackoff, attempt, chance)).toBeLessThanOrEqual(60_000);
      expect(retryDelay(holdBackoff, attempt, chance)).toBeLessThanOrEqual(30_000);
      expect(retryDelay(reconnectBackoff, attempt, chance)).toBeGreaterThanOrEqual(50);
    }),
  );
});

test('the first try comes within 200 ms, and the bound doubles', () => {
  expect(retryDelay(reconnectBackoff, 0, 0.999)).toBeLessThan(200);
  expect(retryDelay(reconnectBackoff, 3, 0.5)).toBe(800);
});
