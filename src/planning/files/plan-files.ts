/** The planner as a program on files: an inventory and a change in, a plan out. Pure, as the planner is. */
import { byText } from '../../../schemas/by-text.ts';
import type { Change } from '../../../schemas/files/change.ts';
import type { Inventory, InventoryImage, InventoryOffer } from '../../../schemas/files/inventory.ts';
import { Arch } from '../../../schemas/ids.ts';
import { formatNevra } from '../../rpm/nevra.ts';
import { type LeftAlone, leftAlone } from '../left-alone.ts';
import { plan } from '../plan.ts';
import type { Plan, PlanInput, PlannedArchBuild, PlannedBuild, PlannedParent } from '../plan-types.ts';
import { describeReason } from '../reason.ts';
import type { PlanAnswer, PlannedOn } from './answer.ts';
import { heldFor } from './held-files.ts';
import { inputOf } from './input.ts';
import { builtArches, type Manifests, manifestsOf } from './manifests.ts';
import { type Question, questionOf } from './question.ts';
import { missingParents, unheldSources, unheldWithdrawals } from './remarks.ts';
import { type WaitsOf, waitsOf } from './waits.ts';

/** The inventory has no problems (`problemsOf`). */
export const planFiles = (inventory: Inventory, change: Change): PlanAnswer => {
  const question = questionOf(inventory, change);
  const offers = [...inventory.offers, ...change.offers];
  const at = change.at === undefined ? undefined : new Date(change.at);
  const { made, outside, input, manifests } = planOn(inventory, offers, question, plan, at);
  const waits = waitsOf(made, {
    rules: input.rules ?? [],
    pauses: input.pauses ?? [],
    at,
    references: question.references,
  });
  const alarms = alarmsOf(made);
  // Stable: what the planner has put in order stays so within an image.
  const leftAlone = [...made.leftAlone, ...outside].sort((a, b) => byText(a.image, b.image));
  return {
    schemaVersion: 1,
    builds: buildsOf(made, { inventory, manifests, waits }),
    leftAlone,
    ...(alarms.length > 0 && { alarms }),
    remarks: [
      ...question.remarks,
      ...missingParents(inventory, input),
      ...unheldSources(change, input),
      ...unheldWithdrawals(change, input),
    ],
  };
};

/**
 * Only what the question reaches is planned; the rest of the inventory is `outside`.
 *
 * @param at - when; undefined: at no time in particular
 */
export const planOn = (
  inventory: Inventory,
  offers: readonly InventoryOffer[],
  question: Question,
  planning: (input: PlanInput) => Plan,
  at?: Date,
) => {
  const manifests = manifestsOf(inventory);
  const input = inputOf(inventory, offers, question, manifests, at);
  return { made: planning(input), outside: leftOutside(inventory, input, question), input, manifests };
};

interface Told {
  readonly inventory: Inventory;
  readonly manifests: Manifests;
  readonly waits: WaitsOf;
}

const buildsOf = (made: Plan, told: Told): PlanAnswer['builds'] => {
  const images = new Map(told.inventory.images.map((image) => [image.name, image]));
  return made.builds.flatMap((build) => {
    const image = images.get(build.image);
    return image === undefined ? [] : [buildOf(build, image, told)];
  });
};

const buildOf = (build: PlannedBuild, image: InventoryImage, told: Told): PlanAnswer['builds'][number] => {
  const { manifests } = told;
  const held = build.heldUntilDecided;
  const carried = build.carried.map(({ arch, nvr }) => ({ arch, nvr, ...digestOf(image, arch, manifests) }));
  const entries = new Set([...build.arches, ...build.carried].map(({ arch }) => arch));
  const lacks = Arch.options.filter((arch) => image.arches[arch] !== undefined && !entries.has(arch));
  return {
    image: image.name,
    distroRelease: image.distroRelease,
    baseline: image.nvr ?? null,
    arches: build.arches.map((one) => archBuildOf(one, image, told)),
    carried,
    ...(lacks.length > 0 && { lacks }),
    ...(held !== undefined && { heldUntilDecided: held }),
  };
};

const archBuildOf = (
  { arch, parent, buildParents, reasons, proofs }: PlannedArchBuild,
  image: InventoryImage,
  { inventory, manifests, waits: waitsFor }: Told,
): PlanAnswer['builds'][number]['arches'][number] => {
  const bestEffort = image.bestEffort.includes(arch);
  const policy = inventory.distroReleases.find(({ name }) => name === image.distroRelease)?.hold;
  const held = heldFor(reasons, policy, bestEffort);
  const waits = waitsFor(image.name, image.distroRelease, arch);
  return {
    arch,
    parent: plannedOn(parent, arch, manifests),
    buildParents: buildParents.map((one) => plannedOn(one, arch, manifests)),
    reasons: reasons.map((reason) => ({ reason, text: describeReason(reason) })),
    proofs: [...proofs],
    ...(bestEffort && { bestEffort }),
    ...(held && { held }),
    ...(waits.length > 0 && { waits: [...waits] }),
  };
};

const alarmsOf = ({ alarms }: Plan): NonNullable<PlanAnswer['alarms']> =>
  alarms
    .map(({ image, arch, rpm, build, references }) => ({
      image,
      arch,
      package: formatNevra(rpm),
      build: `${rpm.sourceName}-${build.version}-${build.release}`,
      references: [...references],
    }))
    .sort((a, b) => byText(JSON.stringify(a), JSON.stringify(b)));

const plannedOn = (parent: PlannedParent, arch: Arch, manifests: Manifests): PlannedOn => {
  // An inventory knows of nothing under way.
  if (parent.kind === 'under-way') return { kind: 'planned', image: parent.image };
  if (parent.kind !== 'baseline') return parent;
  const manifest = manifests.present(parent.image, arch);
  if (!manifest)
    throw new Error(`${parent.image} has no ${arch} in the inventory, and something is planned on it`);
  const { manifestDigest } = manifest.entry;
  return {
    kind: 'baseline',
    image: parent.image,
    nvr: manifest.nvr,
    ...(manifestDigest !== undefined && { manifestDigest }),
  };
};

/** As the inventory gives it: a digest that was made up helps nobody. */
const digestOf = (image: InventoryImage, arch: Arch, manifests: Manifests) => {
  const manifestDigest = manifests.present(image.name, arch)?.entry.manifestDigest;
  return manifestDigest === undefined ? {} : { manifestDigest };
};

/** Images that the question does not reach. */
const leftOutside = (
  { images }: Inventory,
  { images: within }: PlanInput,
  { sources }: Question,
): readonly LeftAlone[] => {
  const reached = new Set(within.map(({ name }) => name));
  const nominated = new Set([...sources.values()].flatMap((names) => [...names]));
  const holds = ({ arches }: InventoryImage) =>
    builtArches(arches).some(([, { rpms, introduced = [] }]) =>
      (rpms ?? introduced).some(({ sourceName }) => nominated.has(sourceName)),
    );
  return images
    .filter(({ name }) => !reached.has(name))
    .map((image) =>
      leftAlone(
        image.name,
        undefined,
        holds(image) ? { kind: 'not-nominated', distroRelease: image.distroRelease } : { kind: 'without-it' },
      ),
    );
};
