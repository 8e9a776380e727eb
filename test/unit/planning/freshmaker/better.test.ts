/** What flibs does better, in fleets of our own: docs/freshmaker-comparison.md. */
import { describe, expect, test } from '@jest/globals';
import { built, image, left, offered, packages, planned } from '../files/an-inventory.ts';

const zlib = (version: string, arch = 'x86_64') => `zlib-${version}-1.${arch}`;
const fix = offered([zlib('1.3')]);
const nominated = packages('zlib');

describe('the order is that of the graph', () => {
  test('though packages end at different heights', () => {
    const images = [
      image('top', { on: 'low', rpms: ['jq-1-1.x86_64'] }),
      image('low', { on: 'mid', rpms: ['jq-1-1.x86_64', zlib('1.2')] }),
      image('mid', { on: 'ground', rpms: [zlib('1.2')] }),
      image('ground', { rpms: [zlib('1.2')] }),
    ];
    const offers = [fix, offered(['jq-1-2.x86_64'])];
    expect(built(planned(images, offers, packages('zlib', 'jq')))).toEqual([
      'ground x86_64 on -: package',
      'mid x86_64 on ground: inherited',
      'low x86_64 on mid: package inherited',
      'top x86_64 on low: inherited',
    ]);
  });

  test('though the package is removed above', () => {
    const images = [image('ground', { rpms: [zlib('1.2')] }), image('slim', { on: 'ground', rpms: [] })];
    expect(built(planned(images, [fix], nominated))).toEqual([
      'ground x86_64 on -: package',
      'slim x86_64 on ground: inherited',
    ]);
  });

  test('shared parents are built once, in a diamond too', () => {
    const images = [
      image('left', { on: 'ground', rpms: [zlib('1.2')] }),
      image('right', { on: 'ground', rpms: [zlib('1.2')] }),
      image('roof', { on: 'left', from: ['right'], rpms: [zlib('1.2')] }),
      image('ground', { rpms: [zlib('1.2')] }),
    ];
    const made = planned(images, [fix], nominated);
    expect(made.builds.map((build) => build.image)).toEqual(['ground', 'left', 'right', 'roof']);
    expect(made.builds[3]?.arches[0]?.buildParents).toEqual([{ kind: 'planned', image: 'right' }]);
  });
});

describe('each arch is judged by its own content', () => {
  const there = { x86_64: { rpms: [zlib('1.3')] }, aarch64: { rpms: [zlib('1.2', 'aarch64')] } };
  const onAarch64 = offered([zlib('1.3', 'aarch64')], { arch: 'aarch64' });

  test.each([
    ['fixed on one', there],
    ['in the other order', { aarch64: there.aarch64, x86_64: there.x86_64 }],
    ['absent on one', { ...there, x86_64: { rpms: [] } }],
  ])('%s: only the other is built', (_, arches) => {
    const made = planned([image('app', { arches })], [fix, onAarch64], nominated);
    expect(built(made)).toEqual(['app aarch64 on -: package']);
    expect(made.builds[0]?.carried).toEqual([{ arch: 'x86_64', nvr: 'app-1-1' }]);
  });
});

test('a twin for another distro release does not count, however high its release sorts', () => {
  const images = [image('app', { distroRelease: 'EL8', rpms: ['zlib-1.3-1.el8.x86_64'] })];
  const twins = ['8', '9'].map((n) =>
    offered([`zlib-1.3-1.el${n}.x86_64`], { distroRelease: `EL${n}`, repository: `el${n}` }),
  );
  const made = planned(images, twins, {
    kind: 'packages',
    distroRelease: 'EL8',
    sources: [{ name: 'zlib' }],
  });
  expect(built(made)).toEqual([]);
  expect(left(made)).toEqual(['app x86_64: other-distro-release']);
});

test('epochs count first', () => {
  const images = [image('app', { rpms: ['zlib-1:1.0-1.x86_64'] })];
  expect(built(planned(images, [offered(['zlib-2.0-1.x86_64'])], nominated))).toEqual([]);
  expect(built(planned(images, [offered(['zlib-2:0.1-1.x86_64'])], nominated))).toEqual([
    'app x86_64 on -: package',
  ]);
});

test('one old package of several is enough', () => {
  const images = [image('app', { rpms: ['zlib-1.4-1.x86_64', 'zlib-devel-1.2-1.x86_64'] })];
  const offers = [offered(['zlib-1.3-1.x86_64', 'zlib-devel-1.3-1.x86_64'])];
  const made = planned(images, offers, packages('zlib', 'zlib-devel'));
  expect(built(made)).toEqual(['app x86_64 on -: package']);
});

test('what is newer than its parent follows onto the new parent all the same', () => {
  const images = [
    image('ground', { rpms: [zlib('1.2')] }),
    image('ahead', { on: 'ground', rpms: [zlib('1.4')] }),
  ];
  expect(built(planned(images, [fix], nominated))).toEqual([
    'ground x86_64 on -: package',
    'ahead x86_64 on ground: inherited',
  ]);
});

test('a parent that has lost the package rids its child of it', () => {
  const older = [{ nvr: 'ground-1-1', arches: { x86_64: { rpms: [zlib('1.2')] } } }];
  const images = [
    image('ground', { nvr: 'ground-1-2', rpms: [], olderBuilds: older }),
    image('app', {
      on: 'ground',
      arches: { x86_64: { rpms: [zlib('1.2')], builtOn: 'ground-1-1' } },
    }),
  ];
  const made = planned(images, [fix], nominated);
  expect(built(made)).toEqual(['app x86_64 on ground-1-2: parent-newer']);
  expect(made.builds[0]?.arches[0]?.reasons[0]?.reason).toMatchObject({ parentHas: 'no-such-package' });
});

test('children of different releases of one parent stand on one new build of it', () => {
  const older = [{ nvr: 'ground-1-1', arches: { x86_64: { rpms: [zlib('1.2')] } } }];
  const on = (builtOn: string) => ({ x86_64: { rpms: [zlib('1.2')], builtOn } });
  const images = [
    image('ground', { nvr: 'ground-1-1.777', rpms: [zlib('1.2')], olderBuilds: older }),
    image('one', { on: 'ground', arches: on('ground-1-1') }),
    image('other', { on: 'ground', arches: on('ground-1-1.777') }),
  ];
  expect(built(planned(images, [fix], nominated))).toEqual([
    'ground x86_64 on -: package',
    'one x86_64 on ground: inherited',
    'other x86_64 on ground: inherited',
  ]);
});

test('what is denied is not built, and blocks what stands on it', () => {
  const images = [
    image('ground', { rpms: [zlib('1.2')], policy: { autoRebuild: false } }),
    image('app', { on: 'ground', rpms: [zlib('1.2')] }),
  ];
  const made = planned(images, [fix], nominated);
  expect(built(made)).toEqual([]);
  expect(left(made)).toEqual(['app x86_64: blocked by ground', 'ground x86_64: auto-rebuild-off']);
});

test('what stands on an image that a person has built follows it', () => {
  const images = [image('ground'), image('mid', { on: 'ground' }), image('app', { on: 'mid' })];
  expect(built(planned(images, [], { kind: 'manual', images: ['mid'] }))).toEqual([
    'mid x86_64 on ground-1-1: by-hand',
    'app x86_64 on mid: inherited',
  ]);
});
