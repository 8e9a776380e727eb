import { describe, expect, test } from '@jest/globals';
import type { Arch } from '../../../schemas/ids.ts';
import { inventOffers, whatIf } from '../../../src/planning/what-if.ts';
import { anImage, anRpm, built, has, reasonsFor } from './fleet.ts';

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

describe('whatIf', () => {
  test('plans as if the source were on offer for every arch that has it', () => {
    const introduced = has('base', anRpm('openssl-libs', '3.0', { sourceName: 'openssl' }), ...both);
    const made = whatIf({ images, introduced, offers: [], requested: [] }, [
      'openssl-3.1-1.fc40',
      'unheard-of-1-1',
    ]);
    expect(built(made)).toEqual(['base: x86_64 s390x', 'app: x86_64 s390x']);
    expect(reasonsFor(made, 'base', 'x86_64')).toMatchObject([
      { kind: 'package', repositories: ['what-if'] },
    ]);
  });
});
