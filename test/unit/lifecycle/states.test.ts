import { describe, expect, test } from '@jest/globals';
import { type LivingKind, lifecycles } from '../../../src/lifecycle/states.ts';
import { isSettled, isTerminal, statesOf, transition } from '../../../src/lifecycle/transition.ts';

const kinds: readonly LivingKind[] = ['rebuild', 'build', 'archBuild', 'run'];

/** The arrows and words of the design, written down a second time. */
const design = {
  rebuild: {
    states: ['collecting', 'planned', 'running', 'finished', 'cancelled'],
    arrows: ['collecting planned', 'planned running', 'running finished'],
  },
  build: {
    states: [
      'planned',
      'building',
      'candidate',
      'testing',
      'releasing',
      'released',
      'held',
      'rejected',
      'failed',
      'unchanged',
      'cancelled',
      'superseded',
      'withdrawn',
    ],
    arrows: [
      'planned building',
      'building candidate',
      'candidate testing',
      'testing releasing',
      'releasing released',
      'rejected testing',
      'released withdrawn',
    ],
  },
  archBuild: {
    states: [
      'blocked',
      'ready',
      'requested',
      'running',
      'succeeded',
      'parent_failed',
      'held',
      'unchanged',
      'failed',
      'cancelled',
      'superseded',
    ],
    arrows: [
      'blocked ready',
      'ready requested',
      'requested running',
      'running succeeded',
      'requested ready',
      'running ready',
      'blocked parent_failed',
      'parent_failed blocked',
    ],
  },
  run: {
    states: ['requested', 'running', 'finished', 'failed', 'refused', 'returned', 'expired', 'cancelled'],
    arrows: ['requested running', 'running finished'],
  },
};

const successors = (kind: LivingKind): ReadonlyMap<string, readonly string[]> =>
  new Map<string, readonly string[]>(Object.entries(lifecycles[kind].next));

describe.each(kinds)('the states of a %s', (kind) => {
  test('are those of the design', () => {
    expect([...statesOf(kind)].sort()).toEqual([...design[kind].states].sort());
  });

  test('allow every arrow of the design', () => {
    const arrows = [...successors(kind)].flatMap(([from, next]) => next.map((to) => `${from} ${to}`));
    expect(arrows).toEqual(expect.arrayContaining(design[kind].arrows));
  });

  test('name only states that exist, and never themselves', () => {
    for (const [from, next] of successors(kind)) {
      expect(statesOf(kind)).toEqual(expect.arrayContaining([...next]));
      expect(next).not.toContain(from);
    }
  });

  test('can all be reached', () => {
    const reached = new Set<string>(lifecycles[kind].initial);
    for (const state of reached) for (const next of successors(kind).get(state) ?? []) reached.add(next);
    expect([...reached].sort()).toEqual([...statesOf(kind)].sort());
  });

  test('all lead to one where nothing more follows', () => {
    for (const start of statesOf(kind)) {
      const reached = new Set([start]);
      for (const state of reached) for (const next of successors(kind).get(state) ?? []) reached.add(next);
      expect([...reached].some((state) => successors(kind).get(state)?.length === 0)).toBe(true);
    }
  });

  test('without a successor are settled', () => {
    const settled: readonly string[] = lifecycles[kind].settled;
    for (const [state, next] of successors(kind)) if (next.length === 0) expect(settled).toContain(state);
  });
});

describe('transition', () => {
  test('a waiver brings a rejected build back to testing', () => {
    expect(transition('build', 'rejected', 'testing')).toEqual({ allowed: true });
  });

  test('a released build is never built again, and the refusal says what could follow', () => {
    expect(transition('build', 'released', 'building')).toEqual({
      allowed: false,
      reason: 'a build that is released cannot become building: only withdrawn may follow',
    });
  });

  test('a message heard twice is told apart from a wrong one', () => {
    expect(transition('archBuild', 'running', 'running')).toEqual({
      allowed: false,
      reason: 'the arch build is running already',
    });
  });

  test('nothing follows what was cancelled', () => {
    expect(transition('rebuild', 'cancelled', 'running')).toEqual({
      allowed: false,
      reason: 'a rebuild that is cancelled cannot become running: nothing follows it',
    });
    expect(isTerminal('rebuild', 'cancelled')).toBe(true);
  });

  test('a failed arch build is settled but can be retried', () => {
    expect(isSettled('archBuild', 'failed')).toBe(true);
    expect(isTerminal('archBuild', 'failed')).toBe(false);
    expect(isSettled('archBuild', 'held')).toBe(false);
  });
});
