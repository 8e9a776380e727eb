import { describe, expect, test } from '@jest/globals';
import {
  aBaseline,
  anImage,
  archBuild,
  both,
  built,
  evr,
  has,
  left,
  manifest,
  offers,
  openssl,
  planOf,
  reasonsFor,
} from './fleet.ts';

describe('an image built on an older parent', () => {
  const older = {
    baseline: aBaseline('app', both, {
      arches: { x86_64: { manifestDigest: manifest('app x86_64'), parentManifest: manifest('old base') } },
    }),
    arches: ['x86_64' as const],
  };
  const inherited = has('app', openssl('3.0'), 'x86_64');

  test('is rebuilt on the present one where that has the fix already', () => {
    const made = planOf([anImage('app', { on: 'base', ...older }), anImage('base')], {
      introduced: has('base', openssl('3.1'), 'x86_64'),
      inherited,
      offers: offers(openssl('3.1'), both),
    });
    expect(built(made)).toEqual(['app: x86_64']);
    expect(archBuild(made, 'app', 'x86_64')).toMatchObject({
      reasons: [{ kind: 'parent-newer', parent: 'base', parentHas: 'fix', to: evr('3.1') }],
      parent: { kind: 'baseline', manifestDigest: manifest('base x86_64') },
      proofs: [{ name: 'openssl-libs', atLeast: evr('3.1') }],
    });
  });

  test('also where the present one has the package no longer', () => {
    const made = planOf([anImage('app', { on: 'base', ...older }), anImage('base')], {
      inherited,
      offers: offers(openssl('3.1'), both),
    });
    expect(reasonsFor(made, 'app', 'x86_64')).toMatchObject([
      { kind: 'parent-newer', parentHas: 'no-such-package' },
    ]);
  });

  test('also where the present one took another module stream, and then proves nothing', () => {
    const modular = openssl('1.1', { module: 'openssl:1:1:c' });
    const made = planOf([anImage('app', { on: 'base', ...older }), anImage('base')], {
      introduced: has('base', modular, 'x86_64'),
      inherited,
      offers: offers(openssl('3.1'), both),
    });
    expect(archBuild(made, 'app', 'x86_64')).toMatchObject({
      reasons: [{ kind: 'parent-newer', parentHas: 'no-such-package' }],
      proofs: [],
    });
  });

  test('does not look below a parent that has the package from another module stream', () => {
    const images = [
      anImage('app', { on: 'runtime', ...older }),
      anImage('runtime', { on: 'base' }),
      anImage('base'),
    ];
    const made = planOf(images, {
      introduced: [
        ...has('base', openssl('3.1'), 'x86_64'),
        ...has('runtime', openssl('1.1', { module: 'openssl:1:1:c' }), 'x86_64'),
      ],
      inherited,
      offers: offers(openssl('3.1'), both),
    });
    expect(archBuild(made, 'app', 'x86_64')).toMatchObject({
      reasons: [{ kind: 'parent-newer', parentHas: 'no-such-package' }],
      proofs: [],
    });
  });

  test('does not look below a parent that is on an older image itself, for what that one holds no longer', () => {
    const stale = (name: string, parent: string) =>
      aBaseline(name, ['x86_64'], {
        arches: {
          x86_64: { manifestDigest: manifest(`${name} x86_64`), parentManifest: manifest(`old ${parent}`) },
        },
      });
    const images = [
      anImage('app', { on: 'runtime', arches: ['x86_64'], baseline: stale('app', 'runtime') }),
      anImage('runtime', { on: 'base', arches: ['x86_64'], baseline: stale('runtime', 'base') }),
      anImage('base', { arches: ['x86_64'], autoRebuild: false }),
    ];
    const made = planOf(images, {
      introduced: has('base', openssl('3.0'), 'x86_64'),
      inherited,
      offers: offers(openssl('3.1'), both),
    });
    expect(built(made)).toEqual(['app: x86_64']);
    expect(reasonsFor(made, 'app', 'x86_64')).toMatchObject([
      { kind: 'parent-newer', parentHas: 'no-such-package' },
    ]);
    expect(left(made)).toContain('app x86_64: blocked by base');
  });

  test('follows the present one where that is to be fixed first', () => {
    const made = planOf([anImage('app', { on: 'base', ...older }), anImage('base')], {
      introduced: has('base', openssl('3.0'), 'x86_64'),
      inherited,
      offers: offers(openssl('3.1'), both),
    });
    expect(reasonsFor(made, 'app', 'x86_64')).toEqual([{ kind: 'inherited', parent: 'base' }]);
  });

  test('waits with the present one where that is left alone', () => {
    const made = planOf([anImage('app', { on: 'base', ...older }), anImage('base', { autoRebuild: false })], {
      introduced: has('base', openssl('3.0'), 'x86_64'),
      inherited,
      offers: offers(openssl('3.1'), both),
    });
    expect(built(made)).toEqual([]);
    expect(left(made)).toEqual([
      'app x86_64: blocked by base',
      'base x86_64: auto-rebuild-off',
      'base s390x: without-it',
    ]);
  });

  test('is blocked by the present one where that has to be rebuilt on its own parent first, and is not', () => {
    const stale = (name: string, parent: string) =>
      aBaseline(name, ['x86_64'], {
        arches: {
          x86_64: { manifestDigest: manifest(`${name} x86_64`), parentManifest: manifest(`old ${parent}`) },
        },
      });
    const images = [
      anImage('app', { on: 'runtime', arches: ['x86_64'], baseline: stale('app', 'runtime') }),
      anImage('runtime', {
        on: 'base',
        arches: ['x86_64'],
        baseline: stale('runtime', 'base'),
        autoRebuild: false,
      }),
      anImage('base', { arches: ['x86_64'] }),
    ];
    const made = planOf(images, {
      introduced: has('base', openssl('3.1'), 'x86_64'),
      inherited: [...inherited, ...has('runtime', openssl('3.0'), 'x86_64')],
      offers: offers(openssl('3.1'), both),
    });
    expect(built(made)).toEqual([]);
    expect(left(made)).toEqual([
      'app x86_64: blocked by runtime',
      'base x86_64: nothing-newer',
      'runtime x86_64: auto-rebuild-off',
    ]);
  });

  test('is left alone where it has everything already', () => {
    const made = planOf([anImage('app', { on: 'base', ...older }), anImage('base')], {
      introduced: has('base', openssl('3.1'), 'x86_64'),
      inherited: has('app', openssl('3.1'), 'x86_64'),
      offers: offers(openssl('3.1'), both),
    });
    expect(left(made)).toContain('app x86_64: fixed-below');
  });

  test('is left alone where the present one has the package, as it is, from an external base', () => {
    const base = {
      ...anImage('base'),
      layerParent: { kind: 'external' as const, pullspec: 'registry.example.com/base:1' },
    };
    const made = planOf([anImage('app', { on: 'base', ...older }), base], {
      inherited,
      fromBase: has('base', openssl('3.0'), 'x86_64'),
      offers: offers(openssl('3.1'), both),
    });
    expect(built(made)).toEqual([]);
    expect(left(made)).toContain('app x86_64: external-base');
  });

  test("a package of an external base is the base's to fix", () => {
    const app = {
      ...anImage('app'),
      layerParent: { kind: 'external' as const, pullspec: 'registry.example.com/base:1' },
    };
    const made = planOf([app], { inherited, offers: offers(openssl('3.1'), both) });
    expect(built(made)).toEqual([]);
    expect(made.leftAlone[0]?.text).toContain('inherited from the external base registry.example.com/base:1');
  });
});
