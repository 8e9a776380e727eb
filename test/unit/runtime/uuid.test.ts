import { expect, test } from '@jest/globals';
import { uuidv7 } from '../../../src/runtime/uuid.ts';

test('an id is a UUID of version 7 and tells its time', () => {
  const now = Date.UTC(2100, 0, 1);
  const id = uuidv7(now);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(now);
});

test('ids sort in the order in which they were made, within a millisecond and when the clock goes back', () => {
  const later = Date.UTC(2101, 0, 1);
  const ids = Array.from({ length: 20_000 }, (_, i) => uuidv7(i % 3 === 0 ? later : later - i));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
