import { describe, expect, test } from '@jest/globals';
import type { Arch } from '../../../schemas/ids.ts';
import { LeftAloneReason } from '../../../src/planning/left-alone.ts';
import { describeReason, Reason } from '../../../src/planning/reason.ts';
import {
  aBaseline,
  anImage,
  anRpm,
  archBuild,
  built,
  evr,
  has,
  left,
  manifest,
  named,
  offers,
  planOf,
  reasonsFor,
  release,
} from './fleet.ts';

const both: Arch[] = ['x86_64', 's390x'];
const openssl = (version: string, rpm = {}) =>
  anRpm('openssl-libs', version, { sourceName: 'openssl', ...rpm });
const fleet = [
  anImage('app', { on: 'runtime' }),
  anImage('runtime', { on: 'base' }),
  anImage('base'),
  anImage('other'),
];

describe('who is affected', () => {
  test('the image that introduced the package, and all above it on its new image', () => {
    const made = planOf(fleet, {
      introduced: has('base', openssl('3.0'), ...both),
      offers: offers(openssl('3.1'), both),
      references: [{ source: 'openssl', reference: 'FEDORA-2026-1' }],
    });
    expect(built(made)).toEqual(['base: x86_64 s390x', 'runtime: x86_64 s390x', 'app: x86_64 s390x']);
    expect(made.order).toEqual(['base', 'runtime', 'app']);
    expect(archBuild(made, 'base', 's390x')).toEqual({
      arch: 's390x',
      reasons: [
        {
          kind: 'package',
          name: 'openssl-libs',
          arch: 'noarch',
          from: evr('3.0'),
          to: evr('3.1'),
          source: 'openssl',
          repositories: ['updates'],
          references: ['FEDORA-2026-1'],
          introducedBy: 'base',
        },
      ],
      parent: { kind: 'none' },
      buildParents: [],
      proofs: [
        {
          name: 'openssl-libs',
          arch: 'noarch',
          atLeast: evr('3.1'),
          source: 'openssl',
          repositories: ['updates'],
        },
      ],
    });
    expect(archBuild(made, 'app', 'x86_64')).toMatchObject({
      reasons: [{ kind: 'inherited', parent: 'runtime' }],
      parent: { kind: 'planned', image: 'runtime' },
      proofs: [],
    });
    expect(left(made)).toEqual(['other: without-it']);
  });

  test('only on the arches that offer something newer; the others are carried forward', () => {
    const made = planOf(fleet, {
      introduced: has('base', openssl('3.0'), ...both),
      offers: [...offers(openssl('3.1'), ['x86_64']), ...offers(openssl('3.0'), ['s390x'])],
    });
    expect(built(made)).toEqual(['base: x86_64', 'runtime: x86_64', 'app: x86_64']);
    expect(made.builds[1]?.carried).toEqual([
      { arch: 's390x', nvr: 'runtime-1-1', manifestDigest: manifest('runtime s390x') },
    ]);
    expect(left(made)).toEqual([
      'app s390x: without-it',
      'base s390x: nothing-newer',
      'other: without-it',
      'runtime s390x: without-it',
    ]);
    expect(made.leftAlone[1]?.text).toBe(
      'nothing newer on offer: openssl-libs-3.0-1.noarch (newer only for x86_64)',
    );
  });

  test('an image that upgraded the package itself is its owner too, and its own fix is proved there', () => {
    const made = planOf(fleet, {
      introduced: [...has('base', openssl('3.0'), 'x86_64'), ...has('app', openssl('3.0.1'), 'x86_64')],
      offers: offers(openssl('3.1'), ['x86_64']),
    });
    expect(reasonsFor(made, 'app', 'x86_64').map(({ kind }) => kind)).toEqual(['package', 'inherited']);
    expect(archBuild(made, 'app', 'x86_64')?.proofs).toHaveLength(1);
    expect(archBuild(made, 'runtime', 'x86_64')?.proofs).toHaveLength(0);
  });

  test("an owner that stands on an image with nothing to change is built on that one's baseline", () => {
    const made = planOf(fleet, {
      introduced: has('app', openssl('3.0'), 'x86_64'),
      offers: offers(openssl('3.1'), both),
    });
    expect(archBuild(made, 'app', 'x86_64')?.parent).toEqual({
      kind: 'baseline',
      image: 'runtime',
      manifestDigest: manifest('runtime x86_64'),
    });
  });

  test('of several versions on offer the highest counts, with every repository that has it', () => {
    const made = planOf(fleet, {
      introduced: has('base', openssl('3.0'), 'x86_64'),
      offers: [
        ...offers(openssl('3.2'), ['x86_64'], { repository: 'updates' }),
        ...offers(openssl('3.10'), ['x86_64'], { repository: 'testing' }),
        ...offers(openssl('3.10'), ['x86_64'], { repository: 'mirror' }),
      ],
    });
    expect(reasonsFor(made, 'base', 'x86_64')).toMatchObject([
      { to: evr('3.10'), repositories: ['mirror', 'testing'] },
    ]);
  });

  test('an epoch outweighs any version', () => {
    const made = planOf(fleet, {
      introduced: has('base', openssl('3.0'), 'x86_64'),
      offers: offers(openssl('1', { epoch: 1 }), both),
    });
    expect(reasonsFor(made, 'base', 'x86_64')).toMatchObject([{ to: evr('1', 1) }]);
  });

  test('of kernels side by side the highest counts', () => {
    const kernels = [
      ...has('base', anRpm('kernel', '5'), 'x86_64'),
      ...has('base', anRpm('kernel', '6'), 'x86_64'),
    ];
    expect(built(planOf(fleet, { introduced: kernels, offers: offers(anRpm('kernel', '6'), both) }))).toEqual(
      [],
    );
    const made = planOf(fleet, { introduced: kernels, offers: offers(anRpm('kernel', '7'), both) });
    expect(reasonsFor(made, 'base', 'x86_64')).toMatchObject([{ from: evr('6'), to: evr('7') }]);
  });

  test('a package of another arch of the same name is another package', () => {
    const introduced = has('base', openssl('3.0', { arch: 'i686' }), 'x86_64');
    expect(
      built(planOf(fleet, { introduced, offers: offers(openssl('3.1', { arch: 'x86_64' }), both) })),
    ).toEqual([]);
  });
});

describe('distro releases and module streams', () => {
  test('something newer in another distro release is no reason, and is told', () => {
    const made = planOf([anImage('base')], {
      introduced: has('base', openssl('3.0'), 'x86_64'),
      offers: offers(openssl('3.1'), both, { distroRelease: release('F41') }),
    });
    expect(built(made)).toEqual([]);
    expect(made.leftAlone.map(({ text }) => text)).toEqual([
      'newer only in another distro release: openssl-libs-3.0-1.noarch (in F41)',
      'holds nothing of what is in question',
    ]);
  });

  const perl = (version: string, module?: string) =>
    anRpm('perl', version, module === undefined ? {} : { module });
  const onOffer = [
    ...offers(perl('5.36', 'perl:5.36:2:c'), both),
    ...offers(perl('5.38', 'perl:5.38:2:c'), both),
    ...offers(perl('5.40'), both),
  ];

  test('a modular package is compared within its stream, whatever version and context', () => {
    const made = planOf([anImage('base')], {
      introduced: has('base', perl('5.36~1', 'perl:5.36:1:b'), 'x86_64'),
      offers: onOffer,
    });
    expect(reasonsFor(made, 'base', 'x86_64')).toMatchObject([{ to: evr('5.36'), module: 'perl:5.36:2:c' }]);
  });

  test('something newer in another stream is no reason, and is told', () => {
    const made = planOf([anImage('base')], {
      introduced: has('base', perl('5.36', 'perl:5.36:1:b'), 'x86_64'),
      offers: onOffer,
    });
    expect(built(made)).toEqual([]);
    expect(made.leftAlone[0]?.text).toBe(
      'newer only in another module stream: perl-5.36-1.noarch (in no module, perl:5.38)',
    );
  });

  test('a package of no module is never replaced by one of a module', () => {
    const made = planOf([anImage('base')], {
      introduced: has('base', perl('5.30'), 'x86_64'),
      offers: offers(perl('5.38', 'perl:5.38:2:c'), both),
    });
    expect(left(made)).toEqual(['base x86_64: other-module-stream', 'base s390x: without-it']);
  });
});

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

describe('carry-forward', () => {
  const introduced = has('app', openssl('3.0'), 'x86_64');
  const onOffer = offers(openssl('3.1'), both);

  test.each([
    ['the folder', { treeId: 'changed' }],
    ['the version', { version: '2' }],
  ])('is not possible where %s changed: every arch is built', (_what, change) => {
    const made = planOf([anImage('app', change)], { introduced, offers: onOffer });
    expect(built(made)).toEqual(['app: x86_64 s390x']);
    expect(reasonsFor(made, 'app', 'x86_64').map(({ kind }) => kind)).toEqual(['package', 'source-changed']);
    expect(reasonsFor(made, 'app', 's390x').map(({ kind }) => kind)).toEqual(['source-changed']);
    expect(made.builds[0]?.carried).toEqual([]);
  });

  test('a changed folder alone is no reason: the planner is told when it is', () => {
    expect(built(planOf([anImage('app', { treeId: 'changed' })]))).toEqual([]);
  });

  test('names where the entry was built, and waits for a baseline that is not decided', () => {
    const baseline = aBaseline('app', both, {
      decided: false,
      arches: {
        x86_64: { manifestDigest: manifest('app x86_64') },
        s390x: { manifestDigest: manifest('app s390x'), origin: aBaseline('older', []).nvr },
      },
    });
    expect(planOf([anImage('app', { baseline })], { introduced, offers: onOffer }).builds[0]).toMatchObject({
      carried: [{ arch: 's390x', nvr: 'older-1-1' }],
      heldUntilDecided: 'app-1-1',
    });
    const all = planOf([anImage('app', { baseline, treeId: 'changed' })], { introduced, offers: onOffer });
    expect(all.builds[0]).not.toHaveProperty('heldUntilDecided');
  });

  test('an arch that the baseline lacks is built along', () => {
    const made = planOf(
      [anImage('app', { arches: ['x86_64', 'aarch64'], baseline: aBaseline('app', ['x86_64']) })],
      { introduced, offers: onOffer },
    );
    expect(built(made)).toEqual(['app: x86_64 aarch64']);
    expect(reasonsFor(made, 'app', 'aarch64')).toEqual([{ kind: 'never-built', references: [] }]);
  });

  test('an arch that is no longer defined is dropped', () => {
    const made = planOf([anImage('app', { arches: ['x86_64'], baseline: aBaseline('app', both) })], {
      introduced,
      offers: onOffer,
    });
    expect(made.builds[0]?.carried).toEqual([]);
  });
});

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
      'app s390x: without-it',
      'base s390x: nothing-newer',
      'runtime x86_64: auto-rebuild-off',
      'runtime s390x: without-it',
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

describe('build-only edges', () => {
  const images = [anImage('app', { on: 'base', from: ['tool'] }), anImage('tool'), anImage('base')];

  test('are no reason to build', () => {
    expect(
      built(
        planOf(images, {
          introduced: has('tool', openssl('3.0'), 'x86_64'),
          offers: offers(openssl('3.1'), both),
        }),
      ),
    ).toEqual(['tool: x86_64']);
  });

  test('are built on the new image where both are built, and order them', () => {
    const made = planOf(images, {
      introduced: [...has('tool', openssl('3.0'), 'x86_64'), ...has('app', openssl('3.0'), ...both)],
      offers: offers(openssl('3.1'), both),
    });
    expect(made.order).toEqual(['tool', 'app']);
    expect(archBuild(made, 'app', 'x86_64')?.buildParents).toEqual([{ kind: 'planned', image: 'tool' }]);
    expect(archBuild(made, 'app', 's390x')?.buildParents).toEqual([
      { kind: 'baseline', image: 'tool', manifestDigest: manifest('tool s390x') },
    ]);
  });
});

describe('the plan', () => {
  test('refuses images that are built from each other, by name', () => {
    expect(() => planOf([anImage('a', { on: 'b' }), anImage('b', { from: ['a'] })])).toThrow('a -> b -> a');
  });

  test('has reasons that can be stored and read again, and read by people', () => {
    const made = planOf(fleet, {
      introduced: [...has('base', openssl('3.0'), 'x86_64'), ...has('other', openssl('3.1'), ...both)],
      offers: offers(openssl('3.1'), both),
      references: [{ source: 'openssl', reference: 'FEDORA-2026-1' }],
    });
    for (const reason of made.builds.flatMap(({ arches }) => arches.flatMap(({ reasons }) => reasons))) {
      expect(Reason.parse(JSON.parse(JSON.stringify(reason)))).toEqual(reason);
    }
    for (const { reason } of made.leftAlone)
      expect(LeftAloneReason.parse(JSON.parse(JSON.stringify(reason)))).toEqual(reason);
    expect(reasonsFor(made, 'base', 'x86_64').map(describeReason)).toEqual([
      'openssl-libs.noarch 3.0-1 -> 3.1-1 from openssl in updates (FEDORA-2026-1), introduced by base',
    ]);
  });

  test('for ten thousand images over a few bases is made within seconds', () => {
    const images = Array.from({ length: 10_000 }, (_, at) =>
      anImage(`i${at}`, at < 5 ? {} : { on: `i${at % 5}` }),
    );
    const begin = performance.now();
    const made = planOf(images, {
      introduced: has('i0', openssl('3.0'), ...both),
      offers: offers(openssl('3.1'), both),
    });
    expect(made.builds).toHaveLength(2000);
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});
