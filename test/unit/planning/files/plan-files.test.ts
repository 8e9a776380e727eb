import { describe, expect, test } from '@jest/globals';
import { built, image, left, offered, packages, planned } from './an-inventory.ts';

const openssl = (version: string, arch = 'x86_64') => ({
  nevra: `openssl-libs-1:${version}-1.fc40.${arch}`,
  source: `openssl-${version}-1.fc40.src.rpm`,
});
const fix = offered([openssl('3.1')]);

describe('who introduced a package', () => {
  test('is worked out from full lists: the lowest image that has it', () => {
    const images = [
      image('base', { rpms: ['bash-5-1.x86_64'] }),
      image('mid', { on: 'base', rpms: ['bash-5-1.x86_64', openssl('3.0')] }),
      image('leaf', { on: 'mid', rpms: ['bash-5-1.x86_64', openssl('3.0')] }),
    ];
    expect(built(planned(images, [fix], packages('openssl')))).toEqual([
      'mid x86_64 on base-1-1: package',
      'leaf x86_64 on mid: inherited',
    ]);
  });

  test('may be given instead of full lists', () => {
    const images = [
      image('base', { arches: { x86_64: { introduced: [openssl('3.0')] } } }),
      image('leaf', { on: 'base', arches: { x86_64: { introduced: ['leaf-1-1.x86_64'] } } }),
    ];
    expect(built(planned(images, [fix], packages('openssl')))).toEqual([
      'base x86_64 on -: package',
      'leaf x86_64 on base: inherited',
    ]);
  });

  test('a package without a source counts as its own', () => {
    const images = [image('base', { rpms: ['bash-5-1.x86_64'] })];
    const made = planned(images, [offered(['bash-5-2.x86_64'])], packages('bash'));
    expect(built(made)).toEqual(['base x86_64 on -: package']);
  });
});

describe('an image on an older build of its parent', () => {
  const base = image('base', {
    nvr: 'base-1-2',
    rpms: [openssl('3.1')],
    olderBuilds: [{ nvr: 'base-1-1', arches: { x86_64: { rpms: [openssl('3.0')] } } }],
  });
  const leafOn = (builtOn: string) =>
    image('leaf', { on: 'base', arches: { x86_64: { rpms: [openssl('3.0')], builtOn } } });
  const parentNewer = ['leaf x86_64 on base-1-2: parent-newer'];

  test('is built on the present one, which has the fix', () => {
    expect(built(planned([base, leafOn('base-1-1')], [fix], packages('openssl')))).toEqual(parentNewer);
  });

  test('is so even when that older build is not in the inventory', () => {
    const made = planned([{ ...base, olderBuilds: [] }, leafOn('base-1-0')], [fix], packages('openssl'));
    expect(built(made)).toEqual(parentNewer);
  });

  test('of another distro release is not rebuilt for what nobody asked about there', () => {
    const foreign = { ...base, distroRelease: 'F41' };
    expect(
      built(planned([foreign, leafOn('base-1-1')], [offered([openssl('3.2')])], packages('openssl'))),
    ).toEqual([]);
  });

  test('is named by a manifest digest as well', () => {
    const manifestDigest = `sha256:${'ab'.repeat(32)}`;
    const older = [{ nvr: 'base-1-1', arches: { x86_64: { rpms: [openssl('3.0')], manifestDigest } } }];
    const made = planned(
      [{ ...base, olderBuilds: older }, leafOn(manifestDigest)],
      [fix],
      packages('openssl'),
    );
    expect(built(made)).toEqual(parentNewer);
  });

  test('an arch that the parent carried forward is the same build', () => {
    const carried = image('base', {
      nvr: 'base-1-2',
      arches: { x86_64: { rpms: [openssl('3.1')], carriedFrom: 'base-1-1' } },
      olderBuilds: [{ nvr: 'base-1-1', arches: { x86_64: { rpms: [openssl('3.1')] } } }],
    });
    const leaf = image('leaf', {
      on: 'base',
      arches: { x86_64: { rpms: [openssl('3.1')], builtOn: 'base-1-1' } },
    });
    expect(built(planned([carried, leaf], [fix], packages('openssl')))).toEqual([]);
  });
});

describe('what is nominated', () => {
  test('of another distro release, or not at all, is left alone with that reason', () => {
    const images = [
      image('here', { rpms: [openssl('3.0')] }),
      image('there', { rpms: [openssl('3.0')], distroRelease: 'F41' }),
      image('neither', { rpms: ['bash-5-1.x86_64'] }),
    ];
    const made = planned(images, [fix, { ...fix, distroRelease: 'F41' }], packages('openssl'));
    expect(built(made)).toEqual(['here x86_64 on -: package']);
    expect(left(made)).toEqual(['neither: without-it', 'there: not-nominated']);
  });

  test('a module counts where its label is on offer, for its own stream', () => {
    const node = (version: string, module: string) => ({
      nevra: `nodejs-${version}-1.x86_64`,
      module,
    });
    const images = [
      image('old', { rpms: [node('20.1', 'nodejs:20:1:aa')] }),
      image('other-stream', { rpms: [node('18.1', 'nodejs:18:1:aa')] }),
    ];
    const module = { kind: 'module' as const, name: 'nodejs', stream: '20', version: '2', context: 'aa' };
    const offers = [offered([node('20.2', 'nodejs:20:2:aa')])];
    const made = planned(images, offers, module);
    expect(built(made)).toEqual(['old x86_64 on -: package']);
    expect(left(made)).toEqual(['other-stream x86_64: other-module-stream']);
    expect(planned(images, [], module).remarks).toEqual([
      { at: 'nominations.0', text: 'no repository offers anything of module nodejs:20:2:aa' },
    ]);
  });

  test('an image whose source changed is built on every arch, and what stands on it', () => {
    const arches = { x86_64: { rpms: [] }, s390x: { rpms: [] } };
    const images = [image('base', { arches }), image('leaf', { on: 'base', arches })];
    const made = planned(images, [], { kind: 'sources', images: ['base'], reference: 'a commit' });
    expect(built(made)).toEqual([
      'base x86_64 on -: source-changed',
      'base s390x on -: source-changed',
      'leaf x86_64 on base: inherited',
      'leaf s390x on base: inherited',
    ]);
  });

  test('a person may ask for one arch, of an image that is not rebuilt by itself', () => {
    const arches = { x86_64: { rpms: [] }, s390x: { rpms: [] } };
    const images = [image('base', { arches, policy: { autoRebuild: false } })];
    const made = planned(images, [], { kind: 'manual', images: ['base'], arches: ['s390x'] });
    expect(built(made)).toEqual(['base s390x on -: by-hand']);
    expect(made.builds[0]?.carried).toEqual([{ arch: 'x86_64', nvr: 'base-1-1' }]);
  });

  test('an external base that moved on one arch rebuilds what is built from it there', () => {
    const parents = [{ kind: 'external' as const, pullspec: 'registry.example/base:40' }];
    const arches = { x86_64: { rpms: [] }, s390x: { rpms: [] } };
    const images = [image('low', { parents, arches }), image('high', { on: 'low', arches })];
    const base = { kind: 'base' as const, pullspec: 'registry.example/base' };
    expect(built(planned(images, [], { ...base, arches: ['s390x', 'ppc64le'] }))).toEqual([
      'low s390x on registry.example/base:40: base-moved',
      'high s390x on low: inherited',
    ]);
    expect(planned(images, [], { ...base, pullspec: 'registry.example/bas' }).remarks).toEqual([
      { at: 'nominations.0', text: 'no image of the inventory is built from registry.example/bas' },
    ]);
  });

  test('several external bases are named as a message is parsed to', () => {
    const on = (tag: string) => [{ kind: 'external' as const, pullspec: `registry.example/base:${tag}` }];
    const images = [image('one', { parents: on('40') }), image('other', { parents: on('41') })];
    const pullspecs = ['registry.example/base:40', 'registry.example/base:41'];
    expect(built(planned(images, [], { kind: 'base', pullspecs }))).toHaveLength(2);
  });

  test('what meets nothing is remarked upon', () => {
    const made = planned(
      [image('base', { rpms: [openssl('3.0')] })],
      [fix],
      packages('openssl', 'opensl'),
      { kind: 'packages', distroRelease: 'F4O', sources: [{ name: 'openssl' }] },
      { kind: 'manual', images: ['bsae'] },
      { kind: 'manual', images: ['base'], distroRelease: 'F41' },
    );
    expect(made.remarks.map(({ at, text }) => `${at}: ${text}`)).toEqual([
      'nominations.1: no image of the inventory is of distro release F4O',
      'nominations.3: base is of distro release F40, not F41',
      'nominations.0.sources.1: no image of F40 holds anything built from source opensl',
      'nominations.1.sources.0: no image of F4O holds anything built from source openssl',
    ]);
    expect(left(made)).toEqual(['bsae: not-defined']);
  });
});

describe('parents', () => {
  test('one that is not in the inventory blocks what is built from it, and is told', () => {
    const images = [
      image('mid', { on: 'ghost', rpms: [openssl('3.0')] }),
      image('leaf', { on: 'mid', rpms: [openssl('3.0')] }),
    ];
    const made = planned(images, [fix], packages('openssl'));
    expect(built(made)).toEqual([]);
    expect(left(made)).toEqual(['leaf x86_64: blocked by ghost', 'mid x86_64: blocked by ghost']);
    expect(made.remarks).toEqual([
      { at: 'images.0.parents.0', text: 'ghost is not in the inventory: mid cannot be built' },
    ]);
  });

  test('a builder stage alone causes nothing; planned too, it is waited for', () => {
    const builder = image('builder', { rpms: [openssl('3.0')] });
    const plain = image('plain', { from: ['builder'], rpms: [] });
    const both = image('both', { from: ['builder'], rpms: [openssl('3.0')] });
    const made = planned([builder, plain, both], [fix], packages('openssl'));
    expect(built(made)).toEqual(['builder x86_64 on -: package', 'both x86_64 on -: package']);
    expect(made.builds[1]?.arches[0]?.buildParents).toEqual([{ kind: 'planned', image: 'builder' }]);
  });

  test('an external one stays as it is named', () => {
    const parents = [{ kind: 'external' as const, pullspec: 'registry.example/base:40' }];
    const made = planned([image('app', { parents, rpms: [openssl('3.0')] })], [fix], packages('openssl'));
    expect(built(made)).toEqual(['app x86_64 on registry.example/base:40: package']);
  });
});

describe('the index', () => {
  const arches = { x86_64: { rpms: [openssl('3.0')] }, s390x: { rpms: [] } };

  test('keeps the arches that have nothing to change', () => {
    const [build] = planned([image('base', { arches })], [fix], packages('openssl')).builds;
    expect(build?.carried).toEqual([{ arch: 's390x', nvr: 'base-1-1' }]);
    expect(build?.heldUntilDecided).toBeUndefined();
  });

  test('waits for a candidate that it keeps them from', () => {
    const [build] = planned([image('base', { arches, released: false })], [fix], packages('openssl')).builds;
    expect(build?.heldUntilDecided).toBe('base-1-1');
  });

  test('keeps nothing when the source changed', () => {
    const made = planned([image('base', { arches, sourceChanged: true })], [fix], packages('openssl'));
    expect(built(made)).toEqual([
      'base x86_64 on -: package source-changed',
      'base s390x on -: source-changed',
    ]);
  });

  test('gets an arch that was never built', () => {
    const made = planned(
      [image('base', { arches: { x86_64: { rpms: [openssl('3.0')] }, s390x: {} } })],
      [fix],
      packages('openssl'),
    );
    expect(built(made)).toEqual(['base x86_64 on -: package', 'base s390x on -: never-built']);
  });
});

test('names, and the digests that the inventory gives, come back', () => {
  const manifestDigest = `sha256:${'cd'.repeat(32)}`;
  const images = [
    image('Base_A', { arches: { x86_64: { rpms: [], manifestDigest } } }),
    image('leaf', { on: 'Base_A', rpms: [openssl('3.0')] }),
  ];
  const [build] = planned(images, [fix], packages('openssl')).builds;
  expect(build?.arches[0]?.parent).toEqual({
    kind: 'baseline',
    image: 'Base_A',
    nvr: 'Base_A-1-1',
    manifestDigest,
  });
});
