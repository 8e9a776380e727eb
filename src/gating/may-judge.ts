/** Whose results and waivers count for which test case. */
import type { Caller } from '../../schemas/caller.ts';
import { globMatches } from '../planning/glob.ts';

/** Whether the caller may report this test case (`results`), or waive it (`waivers`). */
export const mayJudge = (caller: Caller, scope: 'results' | 'waivers', testCase: string): boolean =>
  (caller.scopes.includes('admin') || caller.scopes.includes(scope)) &&
  (caller.testCases === null || caller.testCases.some((glob) => globMatches(glob, testCase)));
