import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PlanAnswer } from '../../../../src/planning/files/answer.ts';
import { plan } from '../../../../src/planning/plan.ts';
import { carriedOut, inputOf, pairsOf, worlds } from '../world.ts';
import { filesOf } from './a-world-as-file.ts';
import { type NominationFile, planned } from './an-inventory.ts';

const runs = { numRuns: 40 };

const pairs = ({ builds }: PlanAnswer): readonly string[] =>
  builds.flatMap(({ image, arches }) => arches.map(({ arch }) => `${image} ${arch}`)).sort();

const packages = (distroRelease: string, ...sources: string[]): NominationFile => ({
  kind: 'packages',
  distroRelease,
  sources: sources.map((name) => ({ name })),
});
const everything = [packages('F40', 'a', 'b'), packages('F41', 'a', 'b')];

const images = fc.integer({ min: 0, max: 7 }).map((at) => `i${at}`);
/** Of every kind that needs nothing but names; some meet nothing. */
const nominations = fc.array(
  fc.oneof(
    fc
      .tuple(fc.constantFrom('F40', 'F41'), fc.constantFrom('a', 'b', 'c'))
      .map(([release, source]) => packages(release, source)),
    images.map((name): NominationFile => ({ kind: 'sources', images: [name] })),
    fc.tuple(images, fc.option(fc.constantFrom('x86_64' as const, 's390x' as const))).map(
      ([name, arch]): NominationFile => ({
        kind: 'manual',
        images: [name],
        ...(arch !== null && { arches: [arch] }),
      }),
    ),
  ),
  { maxLength: 4 },
);
const asked = fc.tuple(worlds('any').map(filesOf), nominations);

describe('for any inventory and any change', () => {
  test('with everything nominated it is the plan of the planner itself', () => {
    fc.assert(
      fc.property(worlds('stale'), (world) => {
        const { images: all, offers } = filesOf(world);
        expect(pairs(planned(all, offers, ...everything))).toEqual(pairsOf(plan(inputOf(world))));
      }),
      runs,
    );
  });

  test('once it is carried out, only what was blocked is left to plan, older builds of parents or not', () => {
    fc.assert(
      fc.property(worlds('stale'), (world) => {
        const made = plan(inputOf(world));
        const blocked = new Set<string>(
          made.leftAlone.filter(({ reason }) => reason.kind === 'blocked').map(({ image }) => image),
        );
        const { images: all, offers } = filesOf(carriedOut(world, made));
        const then = planned(all, offers, ...everything).builds.map(({ image }) => image);
        expect(then.filter((image) => !blocked.has(image))).toEqual([]);
      }),
      runs,
    );
  });

  test('without a nomination nothing is built', () => {
    fc.assert(
      fc.property(asked, ([{ images: all, offers }]) => {
        expect(planned(all, offers).builds).toEqual([]);
      }),
      runs,
    );
  });

  test('every image is built or left alone with a reason, arch by arch', () => {
    fc.assert(
      fc.property(asked, ([{ images: all, offers }, change]) => {
        const made = planned(all, offers, ...change);
        const told = new Set([
          ...pairs(made),
          ...made.leftAlone.map(({ image, arch }) => `${image} ${arch ?? 'all'}`),
        ]);
        for (const { name, arches } of all) {
          for (const arch of Object.keys(arches)) {
            expect(told.has(`${name} ${arch}`) || told.has(`${name} all`)).toBe(true);
          }
        }
      }),
      runs,
    );
  });

  test('parents come before children on each arch, so that there is no circle', () => {
    fc.assert(
      fc.property(asked, ([{ images: all, offers }, change]) => {
        const before = new Set<string>();
        for (const { image, arches } of planned(all, offers, ...change).builds) {
          for (const { arch, parent, buildParents } of arches) {
            for (const one of [parent, ...buildParents]) {
              if (one.kind === 'planned') expect(before).toContain(`${one.image} ${arch}`);
            }
          }
          for (const { arch } of arches) before.add(`${image} ${arch}`);
        }
      }),
      runs,
    );
  });

  test('nominating the same twice adds nothing', () => {
    fc.assert(
      fc.property(asked, ([{ images: all, offers }, change]) => {
        const { builds, leftAlone } = planned(all, offers, ...change);
        expect(planned(all, offers, ...change, ...change)).toMatchObject({ builds, leftAlone });
      }),
      runs,
    );
  });

  test('a further nomination takes nothing away', () => {
    fc.assert(
      fc.property(asked, ([{ images: all, offers }, change]) => {
        const more = pairs(planned(all, offers, ...change, ...everything));
        expect(more).toEqual(expect.arrayContaining([...pairs(planned(all, offers, ...change))]));
      }),
      runs,
    );
  });

  test('the order of images, offers and nominations does not matter', () => {
    const shuffled = <T>(list: readonly T[]) => fc.shuffledSubarray([...list], { minLength: list.length });
    const twice = asked.chain(([files, change]) =>
      fc
        .tuple(shuffled(files.images), shuffled(files.offers), shuffled(change))
        .map(([all, offers, again]) => [files, change, { all, offers, again }] as const),
    );
    fc.assert(
      fc.property(twice, ([files, change, { all, offers, again }]) => {
        const { builds, leftAlone } = planned(files.images, files.offers, ...change);
        expect(planned(all, offers, ...again)).toMatchObject({ builds, leftAlone });
      }),
      runs,
    );
  });
});
