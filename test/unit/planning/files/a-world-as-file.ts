/** A made-up world as an inventory, so that what holds of the planner is shown of its files as well. */
import type { Rpm } from '../../../../schemas/content.ts';
import type { Arch } from '../../../../schemas/ids.ts';
import { formatNevra } from '../../../../src/rpm/nevra.ts';
import { contentOf, type World } from '../world.ts';
import type { ImageFile, OfferFile } from './an-inventory.ts';

type Built = NonNullable<ReturnType<World['current']['get']>>;
type ArchFile = NonNullable<ImageFile['arches'][Arch]>;

const rpmFile = (rpm: Rpm) => ({
  nevra: formatNevra(rpm),
  source: rpm.sourceName,
  sourceEvr: rpm.sourceEvr,
  ...(rpm.module !== undefined && { module: rpm.module }),
});

const layerFile = (built: Built): ArchFile => {
  const taken = new Set(built.introduced.map(({ name, arch }) => `${name}.${arch}`));
  return {
    manifestDigest: built.digest,
    ...(built.parent && { builtOn: built.parent.digest }),
    introduced: built.introduced.map(rpmFile),
    removed: contentOf(built.parent)
      .filter(({ name, arch }) => taken.has(`${name}.${arch}`))
      .map(rpmFile),
  };
};

/** Builds of an image that others stand on, at whatever depth, and that are not its present one. */
const olderOf = (world: World, image: string, arch: Arch): readonly Built[] => {
  const present = world.current.get(`${image} ${arch}`);
  const stoodOn = world.images.flatMap(({ name }) => buildsBelow(world, name, arch).get(image) ?? []);
  return [...new Map(stoodOn.map((one) => [one.digest, one])).values()].filter(
    ({ digest }) => digest !== present?.digest,
  );
};

/** What the present build of an image stands on, by the images that those are builds of. */
const buildsBelow = (world: World, name: string, arch: Arch): ReadonlyMap<string, Built> => {
  const below = new Map<string, Built>();
  let at = world.images.find((image) => image.name === name);
  for (let built = world.current.get(`${name} ${arch}`)?.parent; built; built = built.parent) {
    const parent = at?.layerParent?.kind === 'image' ? at.layerParent.image : undefined;
    at = world.images.find((image) => image.name === parent);
    if (parent !== undefined) below.set(parent, built);
  }
  return below;
};

const imageFile = (world: World, at: World['images'][number]): ImageFile => {
  const { name, arches, baseline } = at;
  const older = arches.flatMap((arch) =>
    olderOf(world, name, arch).map((built, index) => ({
      nvr: `${name}-0-${arch}.${index}`,
      arches: { [arch]: layerFile(built) },
    })),
  );
  return {
    name,
    distroRelease: at.distroRelease,
    ...(baseline && { nvr: baseline.nvr }),
    sourceChanged: at.treeId !== 'tree',
    parents: [
      ...(at.layerParent ? [{ ...at.layerParent, edge: 'layer' as const }] : []),
      ...at.buildParents.map((parent) => ({ ...parent, edge: 'build-only' as const })),
    ],
    arches: Object.fromEntries(
      arches.map((arch) => {
        const built = world.current.get(`${name} ${arch}`);
        return [arch, built ? layerFile(built) : {}];
      }),
    ),
    olderBuilds: older,
    policy: { autoRebuild: at.autoRebuild },
  };
};

export const filesOf = (world: World): { images: ImageFile[]; offers: OfferFile[] } => ({
  images: world.images.map((one) => imageFile(world, one)),
  offers: world.offers.map(({ rpm, ...where }) => ({ ...where, rpms: [rpmFile(rpm)] })),
});
