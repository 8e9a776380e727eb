/**
 * The planner: from contents and offers to the least work that fixes everything, with a reason for each thing that is
 * done and for each that is not. A pure function; the same planner answers what-if and why-not.
 */
import { byText } from '../../schemas/by-text.ts';
import { Arch } from '../../schemas/ids.ts';
import { topologicalOrder } from '../images/topological-order.ts';
import { explainRest } from './explain-rest.ts';
import { type LeftAlone, leftAlone } from './left-alone.ts';
import { planImage } from './plan-image.ts';
import type { Plan, PlanInput, PlannableImage, PlannedBuild } from './plan-types.ts';
import { begin, type PlanningState } from './planning-state.ts';
import { toEnd } from './to-end.ts';
import { withdrawalsLeft } from './withdrawn.ts';

/**
 * The owner of a fix is the image that introduced the package; everything over layer edges above it follows on that
 * arch, on its new parent. Work grows with the input, not with the fleet.
 * @throws Error naming the images when they are built from each other in a circle.
 */
export const plan = (input: PlanInput): Plan => toEnd(planInSteps(input));

/** The same, image by image: where others wait for the processor, they can have a turn between two steps. */
export function* planInSteps(input: PlanInput): Generator<undefined, Plan> {
  const state = yield* begin(input);
  const images = inBuildOrder(state);
  const builds: PlannedBuild[] = [];
  for (const image of images) {
    const build = planImage(image, state);
    if (build) builds.push(build);
    yield;
  }
  noteUnknownImages(state);
  const explained = archesExplained(state);
  for (const image of images) {
    state.leftAlone.push(...explainRest(image, state, explained.get(image.name) ?? new Set()));
    yield;
  }
  return {
    builds,
    order: builds.map((build) => build.image),
    joined: state.joined,
    followUps: state.followUps,
    ...withdrawalsLeft(input.withdrawn ?? [], state),
    leftAlone: sorted(state.leftAlone),
  };
}

const inBuildOrder = (state: PlanningState): readonly PlannableImage[] => {
  const parentsOf = (image: PlannableImage | undefined) =>
    [image?.layerParent, ...(image?.buildParents ?? [])].flatMap((parent) =>
      parent?.kind === 'image' ? [parent.image] : [],
    );
  const { order, cycles } = topologicalOrder(state.images.keys(), (name) =>
    parentsOf(state.images.get(name)),
  );
  if (cycles.length > 0) {
    const named = cycles.map((cycle) => cycle.join(' -> ')).join('; ');
    throw new Error(`these images are built from each other, so none can be planned: ${named}`);
  }
  return order.flatMap((name) => state.images.get(name) ?? []);
};

const noteUnknownImages = (state: PlanningState): void => {
  for (const name of state.requests.keys()) {
    if (!state.images.has(name)) state.leftAlone.push(leftAlone(name, undefined, { kind: 'not-defined' }));
  }
};

const archesExplained = (state: PlanningState) => {
  const explained = new Map<string, Set<Arch | undefined>>();
  for (const { image, arch } of state.leftAlone) {
    explained.set(image, (explained.get(image) ?? new Set()).add(arch));
  }
  return explained;
};
const archRank = (arch: Arch | undefined): number => (arch ? Arch.options.indexOf(arch) : -1);

/** Once each. */
const sorted = (entries: readonly LeftAlone[]): readonly LeftAlone[] => {
  const once = new Map<string, { entry: LeftAlone; reason: string }>();
  for (const entry of entries) {
    const reason = JSON.stringify(entry.reason);
    once.set(`${entry.image}\n${entry.arch ?? ''}\n${reason}`, { entry, reason });
  }
  return [...once.values()]
    .sort(
      (a, b) =>
        byText(a.entry.image, b.entry.image) ||
        archRank(a.entry.arch) - archRank(b.entry.arch) ||
        byText(a.entry.reason.kind, b.entry.reason.kind) ||
        byText(a.reason, b.reason),
    )
    .map(({ entry }) => entry);
};
