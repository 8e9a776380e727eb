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

/**
 * The owner of a fix is the image that introduced the package; everything over layer edges above it follows on that
 * arch, on its new parent. Work grows with the input, not with the fleet.
 * @throws Error naming the images when they are built from each other in a circle.
 */
export const plan = (input: PlanInput): Plan => {
  const state = begin(input);
  const images = inBuildOrder(state);
  const builds: PlannedBuild[] = [];
  for (const image of images) {
    const build = planImage(image, state);
    if (build) builds.push(build);
  }
  noteUnknownImages(state);
  const explained = archesExplained(state);
  state.leftAlone.push(
    ...images.flatMap((image) => explainRest(image, state, explained.get(image.name) ?? new Set())),
  );
  return { builds, order: builds.map((build) => build.image), leftAlone: sorted(state.leftAlone) };
};

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

const sorted = (entries: readonly LeftAlone[]): readonly LeftAlone[] => {
  const once = new Map(
    entries.map((entry) => [`${entry.image}\n${entry.arch ?? ''}\n${JSON.stringify(entry.reason)}`, entry]),
  );
  return [...once.values()].sort(
    (a, b) =>
      byText(a.image, b.image) ||
      archRank(a.arch) - archRank(b.arch) ||
      byText(a.reason.kind, b.reason.kind) ||
      byText(JSON.stringify(a.reason), JSON.stringify(b.reason)),
  );
};
