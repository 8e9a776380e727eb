import { describe, expect, test } from '@jest/globals';
import { describeError, isLostRace, isStoreAway } from '../../../src/store/store-errors.ts';

const coded = (code: string, more: object = {}) => Object.assign(new Error('no'), { code, ...more });

describe('the store is away', () => {
  test.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ENOTFOUND',
    '57P01',
    '57P02',
    '57P03',
    '08006',
    '08003',
    '53300',
    '53100',
    '25006',
  ])('when an error says %s', (code) => {
    expect(isStoreAway(coded(code))).toBe(true);
  });

  test('when pg says so in words, or every address refused', () => {
    expect(isStoreAway(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isStoreAway(new Error('timeout exceeded when trying to connect'))).toBe(true);
    expect(isStoreAway(new AggregateError([coded('ECONNREFUSED')], ''))).toBe(true);
    expect(isStoreAway(coded('ENOENT', { syscall: 'connect' }))).toBe(true);
  });

  test('not when a statement is wrong, a file is missing, or something else could not be reached', () => {
    for (const code of ['23505', '42P01', '57014', '40001', 'ENOENT'])
      expect(isStoreAway(coded(code))).toBe(false);
    expect(isStoreAway(new TypeError('fetch failed', { cause: coded('ECONNREFUSED') }))).toBe(false);
    for (const odd of [undefined, null, 'x', 7]) expect(isStoreAway(odd)).toBe(false);
  });
});

test('a lost race is a serialization failure or a deadlock', () => {
  expect(['40001', '40P01', '23505'].map((code) => isLostRace(coded(code)))).toEqual([true, true, false]);
});

test('an error is described in one line with its code and causes', () => {
  const error = new Error('copying failed', { cause: coded('ECONNRESET') });
  expect(describeError(error)).toBe('copying failed: no (ECONNRESET)');
  expect(describeError(new AggregateError([new Error('a'), new Error('b')], ''))).toBe('a, b');
  expect(describeError('text')).toBe('text');
});
