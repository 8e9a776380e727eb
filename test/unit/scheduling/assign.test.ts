import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Arch, ImageName } from '../../../schemas/ids.ts';
import { Severity } from '../../../schemas/nomination.ts';
import { assign, type FreeWorker } from '../../../src/scheduling/assign.ts';
import type { ReadyBuild } from '../../../src/scheduling/priority.ts';

const start = new Date('2026-01-01T00:00:00Z');
const secondsLater = (seconds: number) => new Date(start.getTime() + seconds * 1000);

const aBuild = (id: string, build: Partial<ReadyBuild> = {}): ReadyBuild => ({
  id,
  image: ImageName.parse('app'),
  arch: 'x86_64',
  severity: 'none',
  byHand: false,
  since: start,
  criticalPath: 60,
  ...build,
});

const aWorker = (name: string, worker: Partial<FreeWorker> = {}): FreeWorker => ({
  name,
  arches: ['x86_64'],
  free: 1,
  ...worker,
});

const firstOf = (ready: readonly ReadyBuild[], now?: Date) =>
  assign({ ready, workers: [aWorker('w')], ...(now && { now }) }).map(({ id }) => id);

describe('assign', () => {
  test('severity comes first', () => {
    const long = aBuild('long', { criticalPath: 9000 });
    expect(firstOf([long, aBuild('urgent', { severity: 'critical' })])).toEqual(['urgent']);
  });

  test('then the longest remaining path', () => {
    expect(firstOf([aBuild('short', { criticalPath: 1 }), aBuild('long')])).toEqual(['long']);
  });

  test('then what has waited longest', () => {
    expect(firstOf([aBuild('young', { since: secondsLater(5) }), aBuild('old')])).toEqual(['old']);
  });

  test('what has waited for hours rises above a flood of more severe ones', () => {
    const flood = ['a', 'b', 'c'].map((id) =>
      aBuild(id, { severity: 'important', since: secondsLater(4 * 3600) }),
    );
    expect(firstOf([...flood, aBuild('old')], secondsLater(4 * 3600))).toEqual(['old']);
  });

  test('people have a share that automatic builds cannot eat, and no more', () => {
    const ready = [
      aBuild('urgent', { severity: 'critical' }),
      aBuild('asked', { byHand: true }),
      aBuild('asked too', { byHand: true }),
    ];
    const workers = [aWorker('w', { free: 2 })];
    expect(
      assign({ ready, workers })
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['asked', 'urgent']);
    const running = [{ byHand: true }, { byHand: false }].map((run) => ({ arch: 'x86_64' as const, ...run }));
    expect(assign({ ready, workers: [aWorker('w')], running }).map(({ id }) => id)).toEqual(['urgent']);
  });

  test("what people hold of one arch's slots is not counted against them on another", () => {
    const ready = [aBuild('urgent', { severity: 'critical' }), aBuild('asked', { byHand: true })];
    const running = [1, 2, 3].map(() => ({ arch: 's390x' as const, byHand: true }));
    expect(assign({ ready, workers: [aWorker('w')], running }).map(({ id }) => id)).toEqual(['asked']);
  });

  test('a worker of one arch is used before a worker of many', () => {
    const workers = [aWorker('many', { arches: ['x86_64', 'aarch64'] }), aWorker('one')];
    expect(assign({ ready: [aBuild('a')], workers })).toEqual([{ id: 'a', worker: 'one' }]);
  });

  test('an earlier build moves to another worker where that makes room', () => {
    const workers = [
      aWorker('ab', { arches: ['x86_64', 'aarch64'] }),
      aWorker('bc', { arches: ['aarch64', 's390x'] }),
    ];
    const ready = [aBuild('b', { arch: 'aarch64', criticalPath: 99 }), aBuild('a')];
    expect(assign({ ready, workers })).toEqual([
      { id: 'a', worker: 'ab' },
      { id: 'b', worker: 'bc' },
    ]);
  });

  test('nothing is assigned where nothing is free', () => {
    expect(assign({ ready: [aBuild('a')], workers: [aWorker('w', { free: 0 })] })).toEqual([]);
  });
});

describe('for any builds and workers', () => {
  const arch = fc.constantFrom<Arch[]>('x86_64', 'aarch64', 's390x');
  const builds = fc
    .array(
      fc.record({
        arch,
        severity: fc.constantFrom(...Severity.options),
        byHand: fc.boolean(),
        since: fc.integer({ min: 0, max: 20_000 }).map(secondsLater),
        criticalPath: fc.integer({ min: 0, max: 5 }),
      }),
      { maxLength: 12 },
    )
    .map((list) => list.map((build, index) => aBuild(`b${index}`, build)));
  const workers = fc
    .array(
      fc.record({ arches: fc.uniqueArray(arch, { minLength: 1 }), free: fc.integer({ min: 0, max: 3 }) }),
      { maxLength: 4 },
    )
    .map((list) => list.map((worker, index) => aWorker(`w${index}`, worker)));

  test('no worker gets more than its slots, or an arch it has not, and no build goes twice', () => {
    fc.assert(
      fc.property(builds, workers, (ready, free) => {
        const assigned = assign({ ready, workers: free });
        expect(new Set(assigned.map(({ id }) => id)).size).toBe(assigned.length);
        for (const worker of free) {
          const mine = assigned.filter((one) => one.worker === worker.name);
          expect(mine.length).toBeLessThanOrEqual(worker.free);
          for (const { id } of mine)
            expect(worker.arches).toContain(ready.find((build) => build.id === id)?.arch);
        }
      }),
    );
  });

  test('no slot stays free that could serve a build that waits, even by moving others', () => {
    fc.assert(
      fc.property(builds, workers, (ready, free) => {
        expect(assign({ ready, workers: free }).length).toBe(mostPossible(ready, free));
      }),
    );
  });

  test("within an arch, a build never waits for one of lower class, unless people's share says so", () => {
    fc.assert(
      fc.property(builds, workers, (all, free) => {
        const ready = all.map((build) => ({ ...build, byHand: false }));
        const taken = new Set(assign({ ready, workers: free }).map(({ id }) => id));
        const rank = (build: ReadyBuild) => Severity.options.indexOf(build.severity);
        for (const waits of ready.filter(({ id }) => !taken.has(id))) {
          for (const goes of ready.filter((build) => taken.has(build.id) && build.arch === waits.arch)) {
            expect(rank(goes)).toBeLessThanOrEqual(rank(waits));
          }
        }
      }),
    );
  });

  test('the order they are given in does not matter', () => {
    fc.assert(
      fc.property(builds, workers, (ready, free) => {
        const ids = (list: readonly { id: string; worker: string }[]) =>
          list.map(({ id, worker }) => `${id} ${worker}`).sort();
        expect(ids(assign({ ready: ready.toReversed(), workers: free.toReversed() }))).toEqual(
          ids(assign({ ready, workers: free })),
        );
      }),
    );
  });
});

/** By Hall's theorem: the least over all sets of arches of (builds outside the set) + (slots that touch the set). */
const mostPossible = (ready: readonly ReadyBuild[], workers: readonly FreeWorker[]): number => {
  const arches: Arch[] = ['x86_64', 'aarch64', 's390x'];
  const bounds = Array.from({ length: 8 }, (_, bits) => {
    const set = arches.filter((_arch, index) => (bits >> index) & 1);
    const outside = ready.filter((build) => !set.includes(build.arch)).length;
    const slots = workers.filter((worker) => worker.arches.some((one) => set.includes(one)));
    return outside + slots.reduce((sum, worker) => sum + worker.free, 0);
  });
  return Math.min(...bounds);
};
