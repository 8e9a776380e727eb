import { describe, expect, test } from '@jest/globals';
import { anImage, archBuild, both, built, has, left, named, offers, openssl, planOf } from './fleet.ts';

describe('auto-rebuild off', () => {
  const off = [
    anImage('app', { on: 'runtime' }),
    anImage('runtime', { on: 'base', autoRebuild: false }),
    anImage('base'),
  ];
  const update = {
    introduced: has('base', openssl('3.0'), ...both),
    offers: offers(openssl('3.1'), ['x86_64']),
  };

  test('leaves the image alone, says what would be, and blocks all above it', () => {
    const made = planOf(off, update);
    expect(built(made)).toEqual(['base: x86_64']);
    expect(left(made)).toEqual([
      'app x86_64: blocked by runtime',
      'app s390x: inherited',
      'base s390x: nothing-newer',
      'runtime x86_64: auto-rebuild-off',
      'runtime s390x: inherited',
    ]);
    expect(made.leftAlone[3]?.text).toBe('auto-rebuild is off; otherwise: its parent base is rebuilt');
  });

  test('does not keep a child from its own fix, on the parent as it is', () => {
    const made = planOf(off, {
      ...update,
      introduced: [...update.introduced, ...has('app', openssl('3.0'), 'x86_64')],
    });
    expect(built(made)).toEqual(['base: x86_64', 'app: x86_64']);
    expect(archBuild(made, 'app', 'x86_64')?.parent).toMatchObject({ kind: 'baseline', image: 'runtime' });
    expect(left(made)).toContain('app x86_64: blocked by runtime');
  });

  test('does not keep a person from it, on the arch asked for', () => {
    const requested = [
      {
        image: named('runtime'),
        reason: { kind: 'by-hand' as const, references: [] },
        arches: ['s390x' as const],
      },
    ];
    const made = planOf(off, { ...update, requested });
    expect(built(made)).toEqual(['base: x86_64', 'runtime: s390x', 'app: s390x']);
    expect(left(made)).toContain('runtime x86_64: auto-rebuild-off');
    const changed = planOf([anImage('runtime', { autoRebuild: false, treeId: 'changed' })], { requested });
    expect(built(changed)).toEqual(['runtime: x86_64 s390x']);
  });
});
