import { describe, expect, test } from '@jest/globals';
import type { Result, Waiver } from '../../../src/gating/decision.ts';
import { anInput, aPolicy, aResult, aRule, at, aWaiver, decided, standings, subject } from './a-decision.ts';

const failed = [aResult(1, 'FAILED')];
const decision = (waivers: readonly Waiver[], results: readonly Result[] = failed) =>
  decided(anInput({ waivers, results }));

describe('a waiver', () => {
  test('forgives what failed, and says so', () => {
    expect(decision([aWaiver(7)])).toMatchObject({
      state: 'satisfied',
      requirements: [{ state: 'waived', unwaived: 'failed', result: 1, waiver: 7 }],
      waiversInForce: [7],
    });
  });

  test('is taken back by a later one with the same key only', () => {
    const taken = (more: Partial<Waiver>) =>
      decision([aWaiver(1), aWaiver(2, { waived: false, ...more })]).state;
    expect(taken({})).toBe('unsatisfied');
    expect(taken({ scenario: 'bios' })).toBe('satisfied');
    expect(taken({ arch: 'x86_64' })).toBe('satisfied');
    expect(taken({ productVersion: 'fedora-41' })).toBe('satisfied');
  });

  test('for one arch forgives no other', () => {
    const results = [aResult(1, 'FAILED', { arch: 'x86_64' }), aResult(2, 'FAILED', { arch: 's390x' })];
    expect(standings(decision([aWaiver(1, { arch: 's390x' })], results))).toEqual([
      'waived smoke s390x',
      'failed smoke x86_64',
    ]);
  });

  test('for one arch forgives its silence, where that is asked for', () => {
    const policies = [aPolicy({ rules: [aRule({ arches: 'required' })] })];
    const request = { subjects: [{ ...subject, requiredArches: ['x86_64', 's390x'] }] };
    const input = anInput({ policies, request, waivers: [aWaiver(1, { arch: 's390x' })] });
    expect(standings(decided(input))).toEqual(['missing smoke x86_64', 'waived smoke s390x']);
  });

  test('for one result does not forgive a later one', () => {
    const waivers = [aWaiver(1, { result: 1 })];
    expect(decision(waivers).state).toBe('satisfied');
    expect(decision(waivers, [...failed, aResult(2, 'FAILED')]).state).toBe('unsatisfied');
  });

  test('that has expired is as if it had never been made', () => {
    const expired = aWaiver(2, { expires: at(0, 3) });
    expect(decision([expired]).state).toBe('unsatisfied');
    expect(decision([aWaiver(1), expired]).requirements).toMatchObject([{ waiver: 1 }]);
    expect(decision([aWaiver(2, { expires: at(1, 3) })]).state).toBe('satisfied');
  });

  test('may name an image by its digest as well', () => {
    const request = { subjects: [{ ...subject, alsoKnownAs: ['sha256:1'] }] };
    const waivers = [aWaiver(1, { subjectIdentifier: 'sha256:1' })];
    expect(decided(anInput({ results: failed, waivers, request })).state).toBe('satisfied');
  });

  test('counts at a time in the past though it was replaced since', () => {
    const waivers = [aWaiver(1, { at: at(10) }), aWaiver(2, { at: at(12), waived: false })];
    const then = decided(anInput({ results: failed, waivers, request: { when: at(11) } }));
    expect(then.state).toBe('satisfied');
  });

  test('expires by the time that is asked of', () => {
    const waivers = [aWaiver(1, { at: at(10), expires: at(12) })];
    const then = decided(anInput({ results: failed, waivers, request: { when: at(11) } }));
    expect(then.state).toBe('satisfied');
  });
});
