import { describe, expect, test } from '@jest/globals';
import {
  anImage,
  anRpm,
  archBuild,
  both,
  built,
  evr,
  fleet,
  has,
  left,
  manifest,
  offers,
  openssl,
  planOf,
  reasonsFor,
  release,
} from './fleet.ts';

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
      'app s390x: inherited',
      'base s390x: nothing-newer',
      'other: without-it',
      'runtime s390x: inherited',
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

describe('what has it from below', () => {
  const textsOf = (made: ReturnType<typeof planOf>, image: string) =>
    made.leftAlone.flatMap((entry) =>
      entry.image === image ? [`${entry.arch ?? 'all'}: ${entry.text}`] : [],
    );

  test('says from which image, and why nothing is done there', () => {
    const made = planOf(fleet, {
      introduced: has('base', openssl('3.0'), ...both),
      offers: offers(openssl('3.0'), both),
    });
    const why = 'all: inherited from base, where nothing newer is on offer';
    expect(textsOf(made, 'app')).toEqual([why]);
    expect(textsOf(made, 'runtime')).toEqual([why]);
    expect(textsOf(made, 'other')).toEqual(['all: holds nothing of what is in question']);
  });

  test('names each image that brings some of it, and each arch for itself where they differ', () => {
    const made = planOf(fleet, {
      introduced: [
        ...has('base', openssl('3.0'), ...both),
        ...has('runtime', anRpm('openssl', '3.0'), 'x86_64'),
      ],
      offers: [...offers(openssl('3.0'), both), ...offers(anRpm('openssl', '3.0'), both)],
    });
    expect(textsOf(made, 'app')).toEqual([
      'x86_64: inherited from base, where nothing newer is on offer',
      'x86_64: inherited from runtime, where nothing newer is on offer',
      's390x: inherited from base, where nothing newer is on offer',
    ]);
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
