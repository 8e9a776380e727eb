/** One image's part of the plan: what is built, what is carried forward, and what keeps the rest. */
import { Arch, type Nvr } from '../../schemas/ids.ts';
import { archReasons } from './arch-reasons.ts';
import { withoutFailing } from './failing.ts';
import { joinBuild, leaveForLater } from './join-build.ts';
import { permitted, type Reasons } from './kept-back.ts';
import { leftAlone } from './left-alone.ts';
import { whereModuleIsListed } from './modules.ts';
import type { PlannableImage, PlannedArchBuild, PlannedBuild } from './plan-types.ts';
import {
  archesOf,
  block,
  canCarry,
  isThere,
  layerParentOf,
  type PlanningState,
  parentsFor,
} from './planning-state.ts';
import { proofsOf } from './proofs.ts';
import type { Reason } from './reason.ts';

/** The image's parents have been planned already. Writes down in `state` what its descendants need to know. */
export const planImage = (image: PlannableImage, state: PlanningState): PlannedBuild | undefined => {
  noteBadRequests(image, state);
  passBlocksOn(image, state);
  const wanted = permitted(image, whereModuleIsListed(image, archReasons(image, state), state), state);
  const reasons = withoutFailing(image, wanted, state);
  if (image.underWay) return joinBuild(image, image.underWay, reasons, state);
  const lost = lostParent(image, reasons, state);
  if (lost) return leaveForLater(image, lost, reasons, state);
  const arches = [...reasons].flatMap(([arch, why]) => archBuild(image, arch, why, state));
  state.planned.set(image.name, new Set(arches.map(({ arch }) => arch)));
  return arches.length === 0 ? undefined : withCarried(image, arches);
};

/** The parent's build under way, where it can only fail on one of these arches: it is no time to build upon it. */
const lostParent = (image: PlannableImage, reasons: Reasons, state: PlanningState): Nvr | undefined => {
  const parent = layerParentOf(image);
  const underWay = parent === undefined ? undefined : state.images.get(parent)?.underWay;
  return [...reasons.keys()].some((arch) => underWay?.arches[arch]?.stage === 'lost')
    ? underWay?.nvr
    : undefined;
};

const noteBadRequests = (image: PlannableImage, state: PlanningState): void => {
  const wanted = new Set((state.requests.get(image.name) ?? []).flatMap((request) => request.arches ?? []));
  for (const arch of Arch.options) {
    if (wanted.has(arch) && !image.arches.includes(arch)) {
      state.leftAlone.push(leftAlone(image.name, arch, { kind: 'arch-not-defined' }));
    }
  }
};

const passBlocksOn = (image: PlannableImage, state: PlanningState): void => {
  const parent = layerParentOf(image);
  if (parent === undefined) return;
  for (const arch of archesOf(image)) {
    for (const by of [...(state.blocked.get(parent)?.get(arch) ?? [])].sort()) {
      state.leftAlone.push(leftAlone(image.name, arch, { kind: 'blocked', by }));
      block(state, image.name, arch, by);
    }
  }
};

/** None where a parent has no image for the arch. */
const archBuild = (
  image: PlannableImage,
  arch: Arch,
  reasons: readonly Reason[],
  state: PlanningState,
): readonly PlannedArchBuild[] => {
  const { parent, buildParents } = parentsFor(state, image, arch);
  const noBase = [parent, ...buildParents].find((one) => one?.kind === 'base-missing');
  if (noBase?.kind === 'base-missing') {
    const { pullspec } = noBase;
    state.leftAlone.push(leftAlone(image.name, arch, { kind: 'base-without-arch', pullspec }));
    block(state, image.name, arch, image.name);
    return [];
  }
  const missing = [parent, ...buildParents].find((one) => one?.kind === 'missing');
  if (missing?.kind === 'missing') {
    state.leftAlone.push(leftAlone(image.name, arch, { kind: 'blocked', by: missing.image }));
    block(state, image.name, arch, missing.image);
    return [];
  }
  return [
    {
      arch,
      reasons,
      parent: isThere(parent) ? parent : { kind: 'none' },
      buildParents: buildParents.filter(isThere),
      proofs: proofsOf(reasons),
    },
  ];
};

const withCarried = (image: PlannableImage, arches: readonly PlannedArchBuild[]): PlannedBuild => {
  const { baseline } = image;
  const built = new Set(arches.map(({ arch }) => arch));
  const rest = canCarry(image) ? archesOf(image).filter((arch) => !built.has(arch)) : [];
  const carried = rest.flatMap((arch) => {
    const entry = baseline?.arches[arch];
    return baseline && entry
      ? [{ arch, nvr: entry.origin ?? baseline.nvr, manifestDigest: entry.manifestDigest }]
      : [];
  });
  const undecided =
    baseline && !baseline.decided && carried.length > 0 ? { heldUntilDecided: baseline.nvr } : {};
  return { image: image.name, arches, carried, ...undecided };
};
