import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Arch } from '../../../schemas/ids.ts';
import { boundOf, type PooledBuild } from '../../../src/scheduling/bound.ts';

const aBuild = (id: string, seconds: number, build: Partial<PooledBuild> = {}): PooledBuild => ({
  id,
  seconds,
  arch: 'x86_64',
  dependsOn: [],
  ...build,
});

const slots = (count: number, arches: readonly Arch[] = ['x86_64']) => ({ arches, slots: count });

describe('no order of work can end before', () => {
  test('all of it is done, spread over all slots', () => {
    const builds = ['a', 'b', 'c', 'd'].map((id) => aBuild(id, 30));
    expect(boundOf(builds, [slots(2)]).seconds).toBe(60);
  });

  test('the longest chain is done', () => {
    const builds = [aBuild('base', 50), aBuild('app', 20, { dependsOn: ['base'] }), aBuild('other', 5)];
    expect(boundOf(builds, [slots(8)])).toMatchObject({ criticalPath: 70, seconds: 70 });
  });

  test('what must come first is over, the rest is done, and what must come last is over', () => {
    const middle = ['b', 'c', 'd', 'e'].map((id) => aBuild(id, 30, { dependsOn: ['base'] }));
    const last = aBuild('last', 10, { dependsOn: ['b', 'c', 'd', 'e'] });
    expect(boundOf([aBuild('base', 100), ...middle, last], [slots(2)]).seconds).toBe(100 + 60 + 10);
  });

  test('each pool has done its own work', () => {
    const builds = [aBuild('a', 40), aBuild('b', 40), aBuild('c', 90, { arch: 's390x' })];
    const { pools, seconds } = boundOf(builds, [slots(2), slots(1, ['s390x'])]);
    expect(pools).toEqual([
      { arch: 's390x', slots: 1, builds: 1, work: 90, bound: 90 },
      { arch: 'x86_64', slots: 2, builds: 2, work: 80, bound: 40 },
    ]);
    expect(seconds).toBe(90);
  });

  test('workers of several arches have done the work of all of them', () => {
    const builds = [aBuild('a', 40), aBuild('b', 40, { arch: 's390x' })];
    expect(boundOf(builds, [slots(1, ['x86_64', 's390x'])])).toMatchObject({
      pools: [{ bound: 40 }, { bound: 40 }],
      seconds: 80,
    });
  });

  test('somebody serves the arch', () => {
    expect(boundOf([aBuild('a', 40)], []).pools).toMatchObject([
      { slots: 0, bound: Number.POSITIVE_INFINITY },
    ]);
  });
});

test('of nothing it is nothing', () => {
  expect(boundOf([], [slots(2)])).toEqual({ pools: [], criticalPath: 0, seconds: 0 });
});

test('it is never below the work over the slots, nor below the critical path', () => {
  const builds = fc
    .array(
      fc.record({
        seconds: fc.integer({ min: 1, max: 100 }),
        parents: fc.array(fc.nat(20), { maxLength: 2 }),
      }),
      {
        maxLength: 20,
      },
    )
    .map((list) =>
      list.map(({ seconds, parents }, at) =>
        aBuild(`${at}`, seconds, { dependsOn: parents.filter((parent) => parent < at).map(String) }),
      ),
    );
  fc.assert(
    fc.property(builds, fc.integer({ min: 1, max: 4 }), (list, count) => {
      const { seconds, criticalPath } = boundOf(list, [slots(count)]);
      expect(seconds).toBeGreaterThanOrEqual(criticalPath);
      expect(seconds).toBeGreaterThanOrEqual(
        list.reduce((sum, build) => sum + build.seconds, 0) / count - 1e-9,
      );
    }),
  );
});
