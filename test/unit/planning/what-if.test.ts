import { describe, expect, test } from '@jest/globals';
import type { Arch } from '../../../schemas/ids.ts';
import { inventModuleOffers, inventOffers, whatIf } from '../../../src/planning/what-if.ts';
import { anImage, anRpm, built, has, named, reasonsFor } from './fleet.ts';

const both: Arch[] = ['x86_64', 's390x'];
const images = [anImage('base'), anImage('app', { on: 'base' })];

describe('inventOffers', () => {
  const offered = (rpm: Parameters<typeof anRpm>[2], source = 'openssl-3.1-2.fc40', version = '3.0') =>
    inventOffers(
      [source],
      has('base', anRpm('openssl-libs', version, { sourceName: 'openssl', ...rpm }), 'x86_64'),
      images,
    ).map((offer) => offer.rpm);

  test('makes of each installed package what the new source would', () => {
    expect(offered({})).toMatchObject([
      { name: 'openssl-libs', epoch: 0, version: '3.1', release: '2.fc40', sourceEvr: '3.1-2.fc40' },
    ]);
  });

  test('keeps epoch and module, which the name of a build does not tell', () => {
    expect(offered({ epoch: 1, sourceEvr: '1:3.0-1', module: 'o:1:1:c' })).toMatchObject([
      { epoch: 1, version: '3.1', module: 'o:1:1:c' },
    ]);
  });

  test('raises the release of a package that has a version of its own', () => {
    expect(offered({ sourceEvr: '3.0-1' }, 'openssl-3.1-2', '0.9')).toMatchObject([
      { version: '0.9', release: '1^2' },
    ]);
  });

  test('invents nothing from an older source', () => {
    expect(offered({}, 'openssl-2.9-9')).toEqual([]);
  });

  test('says what is no name of a source', () => {
    expect(() => offered({}, 'openssl')).toThrow(
      '"openssl" is not the name-version-release of a source package',
    );
  });
});

describe('inventModuleOffers', () => {
  const offered = (module: string | undefined, label: string) =>
    inventModuleOffers(
      [label],
      has('base', anRpm('nodejs', '20.1', module === undefined ? {} : { module }), 'x86_64'),
      images,
    ).map((offer) => offer.rpm);

  test('raises what is installed of the stream, and relabels it', () => {
    expect(offered('nodejs:20:9:aa', 'nodejs:20:10:bb')).toMatchObject([
      { version: '20.1', release: '1^10', module: 'nodejs:20:10:bb' },
    ]);
  });

  test.each([
    ['an older build of it', 'nodejs:20:9:aa', 'nodejs:20:8:bb'],
    ['another stream', 'nodejs:18:9:aa', 'nodejs:20:10:bb'],
    ['what is in no module', undefined, 'nodejs:20:10:bb'],
  ])('makes nothing of %s', (_, installed, label) => {
    expect(offered(installed, label)).toEqual([]);
  });

  test.each(['nodejs', 'nodejs:20', 'nodejs::1:c', 'nodejs:20:1:c:d'])(
    'says that %s is no module',
    (label) => {
      expect(() => offered(undefined, label)).toThrow(
        `"${label}" is not the name:stream:version:context of a module`,
      );
    },
  );
});

describe('whatIf', () => {
  const nothing = { sources: [], modules: [], bases: [], images: [] };
  const base = 'registry.example/fedora:40';
  const external = { kind: 'external' as const, pullspec: base };

  test('plans as if the source were on offer for every arch that has it', () => {
    const introduced = has('base', anRpm('openssl-libs', '3.0', { sourceName: 'openssl' }), ...both);
    const sources = ['openssl-3.1-1.fc40', 'unheard-of-1-1'];
    const made = whatIf({ images, introduced, offers: [], requested: [] }, { ...nothing, sources });
    expect(built(made)).toEqual(['base: x86_64 s390x', 'app: x86_64 s390x']);
    expect(reasonsFor(made, 'base', 'x86_64')).toMatchObject([
      { kind: 'package', repositories: ['what-if'] },
    ]);
  });

  test('plans as if an image had changed', () => {
    const input = { images, introduced: [], offers: [], requested: [] };
    const made = whatIf(input, { ...nothing, images: [named('app')] });
    expect(built(made)).toEqual(['app: x86_64 s390x']);
    expect(reasonsFor(made, 'app', 's390x')).toMatchObject([{ kind: 'source-changed' }]);
  });

  test.each([base, 'registry.example/fedora'])('plans as if the base %s had moved', (moved) => {
    const on = { ...anImage('base'), layerParent: external };
    const input = { images: [on, anImage('app', { on: 'base' }), anImage('other')] };
    const made = whatIf(
      { ...input, introduced: [], offers: [], requested: [] },
      { ...nothing, bases: [moved] },
    );
    expect(built(made)).toEqual(['base: x86_64 s390x', 'app: x86_64 s390x']);
    expect(reasonsFor(made, 'base', 'x86_64')).toMatchObject([{ kind: 'base-moved', pullspec: base }]);
  });

  test('another base that begins with the same letters did not move', () => {
    const on = {
      ...anImage('base'),
      layerParent: { ...external, pullspec: 'registry.example/fedora-minimal:40' },
    };
    const made = whatIf(
      { images: [on], introduced: [], offers: [], requested: [] },
      { ...nothing, bases: ['registry.example/fedora'] },
    );
    expect(built(made)).toEqual([]);
  });
});
