/** An inventory and a question, as the planner wants to be told of them. */
import type { Inventory, InventoryImage, InventoryOffer } from '../../../schemas/files/inventory.ts';
import { Arch } from '../../../schemas/ids.ts';
import type {
  Baseline,
  BaselineArch,
  Installed,
  Offer,
  ParentOf,
  PlanInput,
  PlannableImage,
} from '../plan-types.ts';
import { builtArches, layerParent, type Manifests } from './manifests.ts';
import type { Question } from './question.ts';
import { reachOf } from './reach.ts';
import { withdrawnIn } from './withdrawn-files.ts';

/** Only what the question reaches: the rest of the inventory has no part in the plan. */
export const inputOf = (
  inventory: Inventory,
  offers: readonly InventoryOffer[],
  question: Question,
  manifests: Manifests,
  at?: Date,
): PlanInput => {
  const images = new Map(inventory.images.map((image) => [image.name, image]));
  const introduced = inventory.images.flatMap((image) => rowsOf(image, question, manifests, 'introduced'));
  const fromBase = inventory.images.flatMap((image) =>
    layerParent(image)?.kind === 'external' ? rowsOf(image, question, manifests, 'inherited') : [],
  );
  const withdrawn = withdrawnIn(inventory, question.withdrawn, manifests);
  const behind = inventory.images.filter((image) => isBehind(image, question, manifests));
  const roots = [...introduced, ...fromBase, ...withdrawn, ...question.requested].map(({ image }) => image);
  const reached = reachOf(images, [...roots, ...behind.map(({ name }) => name)]);
  const within = inventory.images.filter(({ name }) => reached.has(name));
  return {
    images: within.map((image) => plannableOf(image, manifests)),
    introduced,
    inherited: within.flatMap((image) =>
      layerParent(image)?.kind === 'external' ? [] : rowsOf(image, question, manifests, 'inherited'),
    ),
    fromBase,
    withdrawn,
    bases: basesOf(inventory, manifests),
    security: question.security,
    offers: offersOf(offers, question),
    requested: question.requested,
    references: question.references,
    rules: inventory.rules,
    pauses: inventory.pauses.filter(({ until }) => isBefore(at, until)),
    holds: new Set(inventory.distroReleases.flatMap(({ name, hold }) => (hold.hours > 0 ? [name] : []))),
  };
};

/** At no time in particular, nothing is over. */
const isBefore = (at: Date | undefined, until: string | undefined): boolean =>
  at === undefined || until === undefined || at < new Date(until);

const basesOf = ({ bases }: Inventory, manifests: Manifests): NonNullable<PlanInput['bases']> =>
  new Map(
    bases.map(({ pullspec }) => [
      pullspec,
      new Map(
        Arch.options.flatMap((arch) => {
          const digest = manifests.ofBase(pullspec, arch);
          return digest === undefined ? [] : [[arch, digest] as const];
        }),
      ),
    ]),
  );

/** Has what is in question from an older build of its parent: the present one may have lost it. */
const isBehind = (image: InventoryImage, question: Question, manifests: Manifests): boolean => {
  const parent = layerParent(image);
  if (parent?.kind !== 'image') return false;
  const onOlder = builtArches(image.arches).some(([arch]) => {
    const present = manifests.present(parent.image, arch)?.digest;
    return present !== undefined && manifests.present(image.name, arch)?.builtOn !== present;
  });
  return onOlder && rowsOf(image, question, manifests, 'inherited').length > 0;
};

/** Packages of the sources that are looked at in the image's own distro release. */
const rowsOf = (
  image: InventoryImage,
  question: Question,
  manifests: Manifests,
  kind: 'introduced' | 'inherited',
): readonly Installed[] => {
  const sources = question.sources.get(image.distroRelease);
  if (!sources) return [];
  return builtArches(image.arches).flatMap(([arch]) => {
    const manifest = manifests.present(image.name, arch);
    const rpms = manifest ? manifests[kind](image, manifest) : [];
    return rpms
      .filter(({ sourceName }) => sources.has(sourceName))
      .map((rpm) => ({ image: image.name, arch, rpm }));
  });
};

const offersOf = (offers: readonly InventoryOffer[], question: Question): readonly Offer[] => {
  const wanted = new Set([
    ...[...question.sources.values()].flatMap((sources) => [...sources]),
    ...question.withdrawn.map(({ name }) => name),
  ]);
  return offers.flatMap(({ rpms, ...where }) =>
    rpms.filter(({ sourceName }) => wanted.has(sourceName)).map((rpm) => ({ ...where, rpm })),
  );
};

const plannableOf = (image: InventoryImage, manifests: Manifests): PlannableImage => {
  const parentOf = (parent: InventoryImage['parents'][number]): ParentOf =>
    parent.kind === 'image'
      ? { kind: 'image', image: parent.image }
      : { kind: 'external', pullspec: parent.pullspec };
  const layer = layerParent(image);
  return {
    name: image.name,
    component: image.name,
    version: '',
    distroRelease: image.distroRelease,
    arches: archesOf(image),
    ...(layer && { layerParent: parentOf(layer) }),
    buildParents: image.parents.filter(({ edge }) => edge === 'build-only').map(parentOf),
    autoRebuild: image.policy.autoRebuild,
    followsBuildParents: image.policy.followsBuildParents,
    upgradeInherited: image.policy.upgradeInherited,
    bestEffort: image.bestEffort,
    failing: archesOf(image).filter((arch) => image.arches[arch]?.failing),
    ...(image.policy.onWithdrawal === 'rebuild' && { onWithdrawal: image.policy.onWithdrawal }),
    treeId: image.sourceChanged ? 'changed' : 'baseline',
    sourceTime: 0,
    baseline: baselineOf(image, manifests),
  };
};

const archesOf = (image: InventoryImage): readonly Arch[] =>
  // A partial record's keys are arches; its type only says text.
  Object.keys(image.arches).flatMap((name) => {
    const arch = Arch.safeParse(name);
    return arch.success ? [arch.data] : [];
  });

const baselineOf = (image: InventoryImage, manifests: Manifests): Baseline | undefined => {
  if (image.nvr === undefined) return undefined;
  const arches: Partial<Record<Arch, BaselineArch>> = {};
  for (const [arch, entry] of builtArches(image.arches)) {
    const manifest = manifests.present(image.name, arch);
    if (!manifest) continue;
    arches[arch] = {
      manifestDigest: manifest.digest,
      parentManifest: manifest.builtOn,
      origin: entry.carriedFrom,
    };
  }
  return { nvr: image.nvr, treeId: 'baseline', version: '', decided: image.released, arches };
};
