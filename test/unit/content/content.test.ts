import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Rpm } from '../../../schemas/content.ts';
import { RpmChange } from '../../../schemas/events/releasing.ts';
import { differenceOf } from '../../../src/content/difference.ts';
import { contentOnParent, introducedBy } from '../../../src/content/introduced.ts';
import { normalised } from '../../../src/content/package-identity.ts';

const anRpm = (name: string, version: string, rpm: Partial<Rpm> = {}): Rpm => ({
  name,
  epoch: 0,
  version,
  release: '1',
  arch: 'x86_64',
  sourceName: name,
  sourceEvr: `${version}-1`,
  ...rpm,
});
const evr = (version: string, epoch = 0) => ({ epoch, version, release: '1' });

describe('differenceOf', () => {
  test('names what went up, down, in and out, sorted', () => {
    const before = [anRpm('zlib', '1'), anRpm('openssl', '3.0'), anRpm('gone', '1')];
    const after = [anRpm('openssl', '3.1'), anRpm('new', '1'), anRpm('zlib', '0.9')];
    expect(differenceOf(before, after)).toEqual([
      { name: 'gone', arch: 'x86_64', kind: 'removed', before: evr('1') },
      { name: 'new', arch: 'x86_64', kind: 'added', after: evr('1') },
      { name: 'openssl', arch: 'x86_64', kind: 'upgraded', before: evr('3.0'), after: evr('3.1') },
      { name: 'zlib', arch: 'x86_64', kind: 'downgraded', before: evr('1'), after: evr('0.9') },
    ]);
  });

  test("goes by rpm's comparison, epoch first", () => {
    const [change] = differenceOf([anRpm('a', '10')], [anRpm('a', '9', { epoch: 1 })]);
    expect(change).toMatchObject({ kind: 'upgraded', before: evr('10'), after: evr('9', 1) });
  });

  test('of kernels, which are installed side by side, names each version', () => {
    const before = [anRpm('kernel', '1'), anRpm('kernel', '2')];
    const after = [anRpm('kernel', '2'), anRpm('kernel', '3')];
    expect(differenceOf(before, after)).toEqual([
      { name: 'kernel', arch: 'x86_64', kind: 'added', after: evr('3') },
      { name: 'kernel', arch: 'x86_64', kind: 'removed', before: evr('1') },
    ]);
  });

  test('tells arches of one name apart', () => {
    const before = [anRpm('glibc', '1'), anRpm('glibc', '1', { arch: 'i686' })];
    const after = [anRpm('glibc', '2'), anRpm('glibc', '1', { arch: 'i686' })];
    expect(differenceOf(before, after).map(({ arch }) => arch)).toEqual(['x86_64']);
  });

  test('does not take imported keys for content', () => {
    expect(differenceOf([], [anRpm('gpg-pubkey', 'a')])).toEqual([]);
  });
});

describe('introducedBy', () => {
  test('is what the layer adds and what it takes away', () => {
    const parent = [anRpm('bash', '5'), anRpm('openssl', '3.0')];
    const content = [
      anRpm('openssl', '3.1'),
      anRpm('bash', '5'),
      anRpm('gpg-pubkey', 'a'),
      anRpm('app', '1'),
    ];
    expect(introducedBy(content, parent)).toEqual({
      added: [anRpm('app', '1'), anRpm('openssl', '3.1')],
      removed: [anRpm('openssl', '3.0')],
    });
  });

  test('takes the same NEVRA of another module for another package', () => {
    const plain = anRpm('perl', '5');
    const modular = anRpm('perl', '5', { module: 'perl:5:1:c' });
    expect(introducedBy([modular], [plain])).toEqual({ added: [modular], removed: [plain] });
  });
});

describe('for any contents', () => {
  const content = fc.array(
    fc
      .tuple(
        fc.constantFrom('a', 'b', 'kernel', 'gpg-pubkey'),
        fc.constantFrom('1', '2', '3~rc'),
        fc.constantFrom('x86_64', 'noarch'),
      )
      .map(([name, version, arch]) => anRpm(name, version, { arch })),
    { maxLength: 10 },
  );

  test('a layer put on its parent gives the content again', () => {
    fc.assert(
      fc.property(content, content, (image, parent) => {
        expect(contentOnParent(parent, introducedBy(image, parent))).toEqual(normalised(image));
      }),
    );
  });

  test('nothing differs from itself, and changes read backwards are the changes back', () => {
    const opposite = {
      upgraded: 'downgraded',
      downgraded: 'upgraded',
      added: 'removed',
      removed: 'added',
    } as const;
    fc.assert(
      fc.property(content, content, (before, after) => {
        expect(differenceOf(before, before.toReversed())).toEqual([]);
        const back = differenceOf(after, before).map(
          (change) => `${change.name} ${change.arch} ${opposite[change.kind]}`,
        );
        const there = differenceOf(before, after).map(
          (change) => `${change.name} ${change.arch} ${change.kind}`,
        );
        expect(back.sort()).toEqual(there.sort());
      }),
    );
  });

  test('changes are what the completion event takes', () => {
    fc.assert(
      fc.property(content, content, (before, after) => {
        for (const change of differenceOf(before, after)) expect(RpmChange.parse(change)).toEqual(change);
      }),
    );
  });
});
