import { describe, expect, test } from '@jest/globals';
import type { Caller } from '../../../schemas/caller.ts';
import { mayJudge } from '../../../src/gating/may-judge.ts';

const caller = (changes: Partial<Caller>): Caller => ({
  id: 1,
  name: 'web-ci',
  scopes: ['results'],
  testCases: null,
  ...changes,
});

describe('a token may judge a test case', () => {
  test('with the scope for it', () => {
    expect(mayJudge(caller({}), 'results', 'web.smoke')).toBe(true);
    expect(mayJudge(caller({}), 'waivers', 'web.smoke')).toBe(false);
    expect(mayJudge(caller({ scopes: ['rebuilds'] }), 'results', 'web.smoke')).toBe(false);
  });

  test('that one of its globs names', () => {
    const narrow = caller({ testCases: ['db.*', 'web.smoke-?'] });
    expect(mayJudge(narrow, 'results', 'web.smoke-1')).toBe(true);
    expect(mayJudge(narrow, 'results', 'web.smoke')).toBe(false);
    expect(mayJudge(narrow, 'results', 'webdb.x')).toBe(false);
  });

  test('as admin', () => {
    expect(mayJudge(caller({ scopes: ['admin'] }), 'waivers', 'web.smoke')).toBe(true);
  });
});
