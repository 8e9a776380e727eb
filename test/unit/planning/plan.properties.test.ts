import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Arch, ImageName } from '../../../schemas/ids.ts';
import { plan } from '../../../src/planning/plan.ts';
import type { PlanInput, PlannableImage } from '../../../src/planning/plan-types.ts';
import { evrCompare } from '../../../src/rpm/evr.ts';
import { carriedOut, contentOf, inputOf, pairsOf, upgraded, type World, worlds } from './world.ts';

const runs = { numRuns: 150 };

/** Who is to be built, said a second time and without any index: slow, but easy to believe. */
const expectedPairs = (world: World): readonly string[] => {
  const imageNamed = (name: string) => world.images.find((image) => image.name === name);
  const parentOf = (image: PlannableImage) =>
    image.layerParent?.kind === 'image' ? imageNamed(image.layerParent.image) : undefined;
  const sources = (image: PlannableImage) => [
    parentOf(image),
    ...image.buildParents.map((one) => (one.kind === 'image' ? imageNamed(one.image) : undefined)),
  ];
  const isOwner = (image: PlannableImage, arch: Arch) => {
    const own = world.current.get(`${image.name} ${arch}`)?.introduced ?? [];
    return own.some((rpm) => {
      const best = upgraded(world, image, arch, rpm);
      const installed = own.filter((one) => one.name === rpm.name && one.module === rpm.module);
      return installed.every((one) => evrCompare(best, one) > 0);
    });
  };
  const isWanted = (image: PlannableImage, arch: Arch): boolean => {
    const parent = parentOf(image);
    return isOwner(image, arch) || (parent !== undefined && isBuilt(parent, arch));
  };
  const isBuilt = (image: PlannableImage, arch: Arch): boolean =>
    image.autoRebuild &&
    image.arches.includes(arch) &&
    sources(image).every((source) => source === undefined || source.arches.includes(arch)) &&
    (image.treeId === 'tree' ? isWanted(image, arch) : image.arches.some((one) => isWanted(image, one)));
  return world.images
    .flatMap((image) =>
      image.arches.filter((arch) => isBuilt(image, arch)).map((arch) => `${image.name} ${arch}`),
    )
    .sort();
};

describe('for any forest, arches, contents and offers', () => {
  test('exactly what is affected is planned, with what stands on it, arch by arch', () => {
    fc.assert(
      fc.property(worlds('plain'), (world) => {
        expect(pairsOf(plan(inputOf(world)))).toEqual(expectedPairs(world));
      }),
      runs,
    );
  });

  test('each arch build has a reason, and each that is not planned has one too', () => {
    fc.assert(
      fc.property(worlds('any'), (world) => {
        const made = plan(inputOf(world));
        for (const { arches } of made.builds)
          for (const { reasons } of arches) expect(reasons.length).toBeGreaterThan(0);
        const planned = new Set(pairsOf(made));
        const told = new Set(made.leftAlone.map(({ image, arch }) => `${image} ${arch ?? ''}`));
        for (const image of world.images) {
          for (const arch of image.arches) {
            const isTold = told.has(`${image.name} ${arch}`) || told.has(`${image.name} `);
            expect(planned.has(`${image.name} ${arch}`) || isTold).toBe(true);
          }
        }
      }),
      runs,
    );
  });

  test('whatever stands on a planned image is planned on it, after it', () => {
    fc.assert(
      fc.property(worlds('any'), (world) => {
        const made = plan(inputOf(world));
        const planned = new Set(pairsOf(made));
        const place = (image: ImageName) => made.order.indexOf(image);
        expect(made.order).toEqual(made.builds.map(({ image }) => image));
        for (const { image, arches } of made.builds) {
          for (const { arch, parent, buildParents } of arches) {
            for (const one of [parent, ...buildParents]) {
              if (one.kind === 'planned') {
                expect(planned.has(`${one.image} ${arch}`)).toBe(true);
                expect(place(one.image)).toBeLessThan(place(image));
              }
              if (one.kind === 'baseline') expect(planned.has(`${one.image} ${arch}`)).toBe(false);
            }
          }
        }
      }),
      runs,
    );
  });

  test('an index gets each arch once: built, or carried from a baseline of the same source', () => {
    fc.assert(
      fc.property(worlds('any'), (world) => {
        for (const { image, arches, carried } of plan(inputOf(world)).builds) {
          const all = [...arches, ...carried].map(({ arch }) => arch);
          expect(new Set(all).size).toBe(all.length);
          const definition = world.images.find(({ name }) => name === image);
          if (carried.length > 0) expect(definition?.baseline?.treeId).toBe(definition?.treeId);
          for (const { arch, manifestDigest } of carried) {
            expect(definition?.baseline?.arches[arch]?.manifestDigest).toBe(manifestDigest);
          }
        }
      }),
      runs,
    );
  });

  test('once it is carried out, its proofs hold', () => {
    fc.assert(
      fc.property(worlds('any'), (world) => {
        const made = plan(inputOf(world));
        const after = carriedOut(world, made);
        for (const { image, arches } of made.builds) {
          for (const { arch, proofs } of arches) {
            const content = contentOf(after.current.get(`${image} ${arch}`));
            for (const { name, atLeast } of proofs) {
              const found = content.filter((rpm) => rpm.name === name);
              expect(found.length === 0 || found.some((rpm) => evrCompare(rpm, atLeast) >= 0)).toBe(true);
            }
          }
        }
      }),
      runs,
    );
  });

  test('once it is carried out, only what was blocked is left to plan, and that once', () => {
    fc.assert(
      fc.property(worlds('any'), (world) => {
        const made = plan(inputOf(world));
        const blocked = new Set(
          made.leftAlone.filter(({ reason }) => reason.kind === 'blocked').map(({ image }) => image),
        );
        const after = carriedOut(world, made);
        const then = plan(inputOf(after));
        expect(then.order.filter((image) => !blocked.has(image))).toEqual([]);
        expect(pairsOf(plan(inputOf(carriedOut(after, then))))).toEqual([]);
      }),
      runs,
    );
  });

  test('the order in which it is told things does not matter', () => {
    const shuffled = (input: PlanInput): fc.Arbitrary<PlanInput> => {
      const any = <T>(list: readonly T[]) => fc.shuffledSubarray([...list], { minLength: list.length });
      return fc
        .tuple(any(input.images), any(input.introduced), any(input.inherited ?? []), any(input.offers))
        .map(([images, introduced, inherited, offers]) => ({
          ...input,
          images: images.map((image) => ({ ...image, arches: image.arches.toReversed() })),
          introduced: [...introduced, ...introduced],
          inherited,
          offers: [...offers, ...offers],
        }));
    };
    const twice = worlds('any').chain((world) =>
      shuffled(inputOf(world)).map((input) => [inputOf(world), input] as const),
    );
    fc.assert(
      fc.property(twice, ([one, other]) => {
        expect(plan(other)).toEqual(plan(one));
      }),
      runs,
    );
  });
});
