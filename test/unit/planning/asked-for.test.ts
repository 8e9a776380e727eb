import { describe, expect, test } from '@jest/globals';
import type { Arch } from '../../../schemas/ids.ts';
import { anImage, built, fleet, left, named, planOf, reasonsFor } from './fleet.ts';

describe('what is asked for', () => {
  const asked = (image: string, kind: 'by-hand' | 'source-changed', arches?: Arch[]) => ({
    image: named(image),
    reason: { kind, references: [] },
    arches,
  });

  test('is built with all above it', () => {
    const made = planOf(fleet, { requested: [asked('runtime', 'by-hand', ['s390x'])] });
    expect(built(made)).toEqual(['runtime: s390x', 'app: s390x']);
    expect(reasonsFor(made, 'runtime', 's390x')).toEqual([{ kind: 'by-hand', references: [] }]);
  });

  test('twice is built once, for both', () => {
    const requested = ['b', 'a'].map((reference) => ({
      image: named('app'),
      reason: { kind: 'by-hand' as const, references: [reference] },
    }));
    expect(reasonsFor(planOf(fleet, { requested }), 'app', 'x86_64')).toEqual([
      { kind: 'by-hand', references: ['a', 'b'] },
    ]);
  });

  test('and is not there is told', () => {
    const made = planOf(fleet, {
      requested: [asked('ghost', 'by-hand'), asked('app', 'by-hand', ['riscv64'])],
    });
    expect(left(made)).toEqual(
      expect.arrayContaining(['ghost: not-defined', 'app riscv64: arch-not-defined']),
    );
    expect(built(made)).toEqual([]);
  });

  test('an image that was never built is built on every arch, and so is its parent', () => {
    const made = planOf([
      anImage('app', { on: 'base', baseline: undefined }),
      anImage('base', { baseline: undefined }),
    ]);
    expect(built(made)).toEqual(['base: x86_64 s390x', 'app: x86_64 s390x']);
    expect(made.builds[1]).toMatchObject({
      arches: [
        { reasons: [{ kind: 'never-built' }], parent: { kind: 'planned', image: 'base' } },
        { reasons: [{ kind: 'never-built' }] },
      ],
      carried: [],
    });
  });

  test('on a parent that has no image for the arch is blocked there only', () => {
    const made = planOf([
      anImage('app', { on: 'base', baseline: undefined }),
      anImage('base', { arches: ['x86_64'] }),
    ]);
    expect(built(made)).toEqual(['app: x86_64']);
    expect(left(made)).toContain('app s390x: blocked by base');
  });
});
