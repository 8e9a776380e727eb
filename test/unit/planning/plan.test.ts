import { describe, expect, test } from '@jest/globals';
import { LeftAloneReason } from '../../../src/planning/left-alone.ts';
import { describeReason, Reason } from '../../../src/planning/reason.ts';
import {
  anImage,
  archBuild,
  both,
  built,
  fleet,
  has,
  manifest,
  offers,
  openssl,
  planOf,
  reasonsFor,
} from './fleet.ts';

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

  /** Over five bases; the first of them is to be fixed. */
  const manyImages = (count: number) =>
    Array.from({ length: count }, (_, at) => anImage(`i${at}`, at < 5 ? {} : { on: `i${at % 5}` }));
  const firstBaseFixed = {
    introduced: has('i0', openssl('3.0'), ...both),
    offers: offers(openssl('3.1'), both),
  };

  test('for ten thousand images has those on the one base that changed, and no others', () => {
    expect(planOf(manyImages(10_000), firstBaseFixed).builds).toHaveLength(2000);
  });

  test('looks at each image as often in a large fleet as in a small one', () => {
    const looks = (count: number): number => {
      let seen = 0;
      const counted = manyImages(count).map(
        (image) =>
          new Proxy(image, {
            get: (target, key) => {
              seen += 1;
              return Reflect.get(target, key);
            },
          }),
      );
      planOf(counted, firstBaseFixed);
      return seen;
    };
    const forFiveHundredMore = looks(1000) - looks(500);
    expect(looks(2000) - looks(1500)).toBe(forFiveHundredMore);
  });
});
