/** Build-only edges: order what is built anyway, and propagate only where the image says so. */
import { describe, expect, test } from '@jest/globals';
import { anImage, archBuild, both, built, has, named, offers, openssl, planOf, reasonsFor } from './fleet.ts';

const fixIn = (image: string) => ({
  introduced: has(image, openssl('1'), ...both),
  offers: offers(openssl('2'), ['x86_64']),
});

describe('an image that takes files from one that is rebuilt', () => {
  const follower = anImage('app', { from: ['tool', 'other'], followsBuildParents: true });

  test('is rebuilt after it and on its arches only, where it follows', () => {
    const made = planOf([follower, anImage('tool'), anImage('other')], fixIn('tool'));
    expect(built(made)).toEqual(['tool: x86_64', 'app: x86_64']);
    expect(reasonsFor(made, 'app', 'x86_64')).toEqual([{ kind: 'build-parent', parent: 'tool' }]);
    expect(archBuild(made, 'app', 'x86_64')?.buildParents).toMatchObject([
      { kind: 'planned', image: 'tool' },
      { kind: 'baseline', image: 'other' },
    ]);
  });

  test('has a reason for each', () => {
    const introduced = [...fixIn('tool').introduced, ...fixIn('other').introduced];
    const made = planOf([follower, anImage('tool'), anImage('other')], { ...fixIn('tool'), introduced });
    expect(reasonsFor(made, 'app', 'x86_64')).toEqual([
      { kind: 'build-parent', parent: 'other' },
      { kind: 'build-parent', parent: 'tool' },
    ]);
  });

  test('takes along what stands upon it', () => {
    const made = planOf(
      [follower, anImage('tool'), anImage('other'), anImage('top', { on: 'app' })],
      fixIn('tool'),
    );
    expect(built(made)).toEqual(['tool: x86_64', 'app: x86_64', 'top: x86_64']);
  });

  test('is left alone where it does not follow', () => {
    expect(built(planOf([anImage('app', { from: ['tool'] }), anImage('tool')], fixIn('tool')))).toEqual([
      'tool: x86_64',
    ]);
  });

  test('is built on its new files where it is built for a reason of its own', () => {
    const requested = [{ image: named('app'), reason: { kind: 'by-hand' as const, references: [] } }];
    const made = planOf([anImage('app', { from: ['tool'] }), anImage('tool')], {
      ...fixIn('tool'),
      requested,
    });
    expect(archBuild(made, 'app', 'x86_64')?.buildParents).toEqual([{ kind: 'planned', image: 'tool' }]);
    expect(archBuild(made, 'app', 's390x')?.buildParents).toMatchObject([
      { kind: 'baseline', image: 'tool' },
    ]);
  });
});
