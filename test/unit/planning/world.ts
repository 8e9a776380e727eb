/** A small world of images with contents, in which plans are carried out: what the planner's properties are tested on. */
import fc from 'fast-check';
import type { Rpm } from '../../../schemas/content.ts';
import { type Arch, type ManifestDigest, Nvr } from '../../../schemas/ids.ts';
import type {
  BaselineArch,
  Installed,
  Offer,
  Plan,
  PlanInput,
  PlannableImage,
} from '../../../src/planning/plan-types.ts';
import { evrCompare } from '../../../src/rpm/evr.ts';
import { anImage, anRpm, manifest, release } from './fleet.ts';

interface Built {
  readonly digest: ManifestDigest;
  readonly parent: Built | undefined;
  readonly introduced: readonly Rpm[];
}

export interface World {
  readonly images: readonly PlannableImage[];
  readonly offers: readonly Offer[];
  /** `image arch` to what was last built of it. */
  readonly current: Map<string, Built>;
}

const archNames: readonly Arch[] = ['x86_64', 'aarch64', 's390x'];
/** Mostly none, so that most offers meet something. */
const streams = [undefined, undefined, undefined, undefined, 'm:1:1:c', 'm:2:1:c'];

const rpmsFrom = (min: number, max: number) =>
  fc
    .record({
      name: fc.constantFrom('a', 'b'),
      version: fc.integer({ min, max }),
      stream: fc.constantFrom(...streams),
    })
    .map(({ name, version, stream }) =>
      anRpm(name, String(version), stream === undefined ? {} : { module: stream }),
    );

const arches = fc.uniqueArray(fc.constantFrom(...archNames), { minLength: 1 });
const releases = fc.constantFrom('F40', 'F40', 'F40', 'F40', 'F40', 'F41').map(release);

const imageSeeds = fc.record({
  /** Modulo its place: one more than there are before it stands for none. */
  parent: fc.nat(1000),
  tool: fc.nat(30),
  arches: fc.oneof({ weight: 3, arbitrary: fc.constant([...archNames]) }, { weight: 1, arbitrary: arches }),
  distroRelease: releases,
  autoRebuild: fc.integer({ min: 0, max: 5 }).map((n) => n > 0),
  changed: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  absent: fc.integer({ min: 0, max: 6 }).map((n) => n === 0),
  packages: fc.array(fc.record({ rpm: rpmsFrom(1, 3), arches }), { maxLength: 3 }),
  /** Rebuilt once more after its children, with these instead: they stand on an older parent then. */
  moved: fc.option(fc.array(fc.record({ rpm: rpmsFrom(2, 4), arches }), { maxLength: 3 }), { freq: 3 }),
});

const offerSeeds = fc.array(
  fc.record({
    distroRelease: releases,
    arch: fc.constantFrom(...archNames),
    rpm: rpmsFrom(1, 4),
    repository: fc.constantFrom('updates', 'fedora'),
  }),
  { minLength: 2, maxLength: 16 },
);

/**
 * `plain`: every image has a baseline on its parent's present one. `stale`: every image has one, be it on an older build
 * of its parent. `any`: some were never built.
 */
export const worlds = (kind: 'plain' | 'stale' | 'any'): fc.Arbitrary<World> =>
  fc.tuple(fc.array(imageSeeds, { maxLength: 8 }), offerSeeds).map(([seeds, offers]) => {
    const images = seeds.map((seed, at) =>
      anImage(`i${at}`, {
        ...(seed.parent % (at + 1) < at && { on: `i${seed.parent % (at + 1)}` }),
        from: seed.tool < at ? [`i${seed.tool}`] : [],
        arches: seed.arches,
        distroRelease: seed.distroRelease,
        autoRebuild: seed.autoRebuild,
        treeId: seed.changed ? 'changed' : 'tree',
        baseline: undefined,
      }),
    );
    const current = new Map<string, Built>();
    const build = (at: number, packages: readonly { rpm: Rpm; arches: readonly Arch[] }[], round: string) => {
      const image = images[at];
      for (const arch of image?.arches ?? []) {
        const parent =
          image?.layerParent?.kind === 'image'
            ? current.get(`${image.layerParent.image} ${arch}`)
            : undefined;
        const introduced = packages.filter((one) => one.arches.includes(arch)).map((one) => one.rpm);
        current.set(`i${at} ${arch}`, { digest: manifest(`i${at} ${arch} ${round}`), parent, introduced });
      }
    };
    const isBuilt = ({ absent }: { absent: boolean }) => kind !== 'any' || !absent;
    seeds.forEach((seed, at) => {
      if (isBuilt(seed)) build(at, seed.packages, 'first');
    });
    seeds.forEach((seed, at) => {
      if (kind !== 'plain' && isBuilt(seed) && seed.moved) build(at, seed.moved, 'moved');
    });
    return { images: images.map((image) => withBaseline(image, current, 'tree')), offers, current };
  });

const withBaseline = (image: PlannableImage, current: World['current'], treeId: string): PlannableImage => {
  const entries = image.arches.flatMap((arch): [Arch, BaselineArch][] => {
    const built = current.get(`${image.name} ${arch}`);
    return built ? [[arch, { manifestDigest: built.digest, parentManifest: built.parent?.digest }]] : [];
  });
  if (entries.length === 0) return image;
  const baseline = {
    nvr: Nvr.parse(`${image.name}-1-1`),
    treeId,
    version: '1',
    decided: true,
    arches: Object.fromEntries(entries),
  };
  return { ...image, baseline };
};

const sameName = (a: Rpm, b: Rpm): boolean => a.name === b.name && a.arch === b.arch;

/** What is in it: its own, and its parent's where it has none of that name. */
export const contentOf = (built: Built | undefined): readonly Rpm[] =>
  built
    ? [
        ...built.introduced,
        ...contentOf(built.parent).filter((rpm) => !built.introduced.some((own) => sameName(own, rpm))),
      ]
    : [];

export const inputOf = (world: World): PlanInput => {
  const rows = (of: (built: Built) => readonly Rpm[]): Installed[] =>
    world.images.flatMap((image) =>
      image.arches.flatMap((arch) => {
        const built = world.current.get(`${image.name} ${arch}`);
        return built ? of(built).map((rpm) => ({ image: image.name, arch, rpm })) : [];
      }),
    );
  return {
    images: world.images,
    introduced: rows((built) => built.introduced),
    inherited: rows((built) => contentOf(built).filter((rpm) => !built.introduced.includes(rpm))),
    offers: world.offers,
    requested: [],
  };
};

/** What the repositories of the image make of a package it installs. */
export const upgraded = (world: World, image: PlannableImage, arch: Arch, rpm: Rpm): Rpm => {
  const stream = (of: Rpm) => of.module?.split(':')[1];
  return world.offers
    .filter((offer) => offer.distroRelease === image.distroRelease && offer.arch === arch)
    .map((offer) => offer.rpm)
    .filter((one) => sameName(one, rpm) && stream(one) === stream(rpm))
    .reduce((best, one) => (evrCompare(one, best) > 0 ? one : best), rpm);
};

/** The world after every build of the plan has succeeded and been released. */
export const carriedOut = (world: World, made: Plan): World => {
  const current = new Map(world.current);
  const images = new Map(world.images.map((image) => [image.name, image]));
  for (const { image: name, arches: planned } of made.builds) {
    const image = images.get(name);
    if (!image) throw new Error(`${name} is planned and not there`);
    for (const { arch, parent } of planned) {
      const below =
        parent.kind === 'planned' || parent.kind === 'baseline'
          ? current.get(`${parent.image} ${arch}`)
          : undefined;
      if (parent.kind === 'baseline' && below?.digest !== parent.manifestDigest)
        throw new Error(`${name} is planned on a ${parent.image} that is not the present one`);
      const introduced = (world.current.get(`${name} ${arch}`)?.introduced ?? []).map((rpm) =>
        upgraded(world, image, arch, rpm),
      );
      current.set(`${name} ${arch}`, {
        digest: manifest(`${name} ${arch} planned`),
        parent: below,
        introduced,
      });
    }
    images.set(name, withBaseline(image, current, image.treeId));
  }
  return { ...world, images: [...images.values()], current };
};

/** `image arch` of all that is planned, sorted. */
export const pairsOf = (made: Plan): readonly string[] =>
  made.builds.flatMap(({ image, arches: planned }) => planned.map(({ arch }) => `${image} ${arch}`)).sort();
