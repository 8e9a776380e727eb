import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { remainingPath } from '../../../src/scheduling/remaining-path.ts';

describe('remainingPath', () => {
  test("is the build's own time and the longest chain below it", () => {
    const paths = remainingPath([
      { id: 'base', seconds: 10, dependsOn: [] },
      { id: 'runtime', seconds: 5, dependsOn: ['base'] },
      { id: 'app', seconds: 3, dependsOn: ['runtime'] },
      { id: 'tool', seconds: 7, dependsOn: ['base'] },
    ]);
    expect(Object.fromEntries(paths)).toEqual({ base: 18, runtime: 8, app: 3, tool: 7 });
  });

  test('passes over what has ended', () => {
    expect(remainingPath([{ id: 'app', seconds: 3, dependsOn: ['base'] }]).get('app')).toBe(3);
  });

  test('names builds that wait for each other', () => {
    const circle = [
      { id: 'a', seconds: 1, dependsOn: ['b'] },
      { id: 'b', seconds: 1, dependsOn: ['a'] },
    ];
    expect(() => remainingPath(circle)).toThrow('in a circle, so none can start: a, b');
  });

  test('a chain of ten thousand is no trouble', () => {
    const chain = Array.from({ length: 10_000 }, (_, at) => ({
      id: `${at}`,
      seconds: 1,
      dependsOn: at === 0 ? [] : [`${at - 1}`],
    }));
    expect(remainingPath(chain).get('0')).toBe(10_000);
  });

  test('of any builds is never shorter than that of what waits for them', () => {
    const builds = fc
      .array(fc.record({ seconds: fc.nat(100), parents: fc.array(fc.nat(20), { maxLength: 3 }) }), {
        maxLength: 20,
      })
      .map((list) =>
        list.map(({ seconds, parents }, at) => ({
          id: `${at}`,
          seconds,
          dependsOn: parents.filter((parent) => parent < at).map(String),
        })),
      );
    fc.assert(
      fc.property(builds, (list) => {
        const paths = remainingPath(list);
        for (const { id, seconds, dependsOn } of list) {
          const own = paths.get(id) ?? Number.NaN;
          const below = list
            .filter((other) => other.dependsOn.includes(id))
            .map((other) => paths.get(other.id) ?? Number.NaN);
          expect(own).toBe(seconds + Math.max(0, ...below));
          for (const parent of dependsOn) expect(paths.get(parent)).toBeGreaterThanOrEqual(own);
        }
      }),
    );
  });
});
