/** The planner as a program on files: an inventory and a change in, a plan out. Pure, as the planner is. */
import { byText } from '../../../schemas/by-text.ts';
import type { Change } from '../../../schemas/files/change.ts';
import type { Inventory, InventoryImage, InventoryOffer } from '../../../schemas/files/inventory.ts';
import type { Arch } from '../../../schemas/ids.ts';
import { type LeftAlone, leftAlone } from '../left-alone.ts';
import { plan } from '../plan.ts';
import type { Plan, PlanInput, PlannedParent } from '../plan-types.ts';
import { describeReason } from '../reason.ts';
import type { PlanAnswer, PlannedOn } from './answer.ts';
import { inputOf } from './input.ts';
import { builtArches, type Manifests, manifestsOf } from './manifests.ts';
import { type Question, questionOf } from './question.ts';
import { missingParents, unheldSources } from './remarks.ts';

/** The inventory has no problems (`problemsOf`). */
export const planFiles = (inventory: Inventory, change: Change): PlanAnswer => {
  const question = questionOf(inventory, change);
  const offers = [...inventory.offers, ...change.offers];
  const { made, outside, input, manifests } = planOn(inventory, offers, question, plan);
  return {
    ...answerOf(made, outside, inventory, manifests),
    remarks: [...question.remarks, ...missingParents(inventory, input), ...unheldSources(change, input)],
  };
};

/** Only what the question reaches is planned; the rest of the inventory is `outside`. */
export const planOn = (
  inventory: Inventory,
  offers: readonly InventoryOffer[],
  question: Question,
  planning: (input: PlanInput) => Plan,
) => {
  const manifests = manifestsOf(inventory);
  const input = inputOf(inventory, offers, question, manifests);
  return { made: planning(input), outside: leftOutside(inventory, input, question), input, manifests };
};

const answerOf = (
  made: Plan,
  outside: readonly LeftAlone[],
  inventory: Inventory,
  manifests: Manifests,
): Omit<PlanAnswer, 'remarks'> => {
  const images = new Map(inventory.images.map((image) => [image.name, image]));
  const builds = made.builds.flatMap((build) => {
    const image = images.get(build.image);
    if (!image) return [];
    const arches = build.arches.map(({ arch, parent, buildParents, reasons, proofs }) => ({
      arch,
      parent: plannedOn(parent, arch, manifests),
      buildParents: buildParents.map((one) => plannedOn(one, arch, manifests)),
      reasons: reasons.map((reason) => ({ reason, text: describeReason(reason) })),
      proofs: [...proofs],
    }));
    const carried = build.carried.map(({ arch, nvr }) => ({
      arch,
      nvr,
      ...digestOf(image, arch, manifests),
    }));
    const held = build.heldUntilDecided;
    return [
      {
        image: image.name,
        distroRelease: image.distroRelease,
        baseline: image.nvr ?? null,
        arches,
        carried,
        ...(held !== undefined && { heldUntilDecided: held }),
      },
    ];
  });
  // Stable: what the planner has put in order stays so within an image.
  const left = [...made.leftAlone, ...outside].sort((a, b) => byText(a.image, b.image));
  return { schemaVersion: 1, builds, leftAlone: left };
};

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
