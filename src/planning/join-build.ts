/** What becomes of causes that meet a build under way: it takes them on while it can; else they follow when it has ended. */
import { Arch, type Nvr } from '../../schemas/ids.ts';
import { goesAhead } from './awaited.ts';
import { isAwaited } from './judge-hold.ts';
import { leftAlone } from './left-alone.ts';
import type { PlannableImage } from './plan-types.ts';
import { layerParentOf, type PlanningState } from './planning-state.ts';
import { coveredBy, proofsOf } from './proofs.ts';
import type { Reason } from './reason.ts';
import type { JoinedArch, UnderWay } from './under-way.ts';

type Reasons = ReadonlyMap<Arch, readonly Reason[]>;

/** Plans no new build: an image has one build at a time before `candidate`. */
export const joinBuild = (
  image: PlannableImage,
  underWay: UnderWay,
  reasons: Reasons,
  state: PlanningState,
): undefined => {
  const moved =
    canMove(image, underWay, state) &&
    [...reasons.values()].flat().some((why) => why.kind !== 'build-parent' && isApart(why, image, state));
  const ownOf = (why: readonly Reason[]) =>
    why.filter(
      (reason) =>
        !isOfSource(reason) && (!isApart(reason, image, state) || (moved && reason.kind !== 'build-parent')),
    );
  const howOf = (arch: Arch, own: readonly Reason[]) =>
    own.length === 0 ? undefined : howItJoins(underWay, arch, own, image, state);
  // An arch waits for what others of this very build have, and for nothing that comes after it.
  const ahead = (arch: Arch): readonly Reason[] => {
    const own = ownOf(reasons.get(arch) ?? []).filter((reason) => !isAwaited(reason));
    return howOf(arch, own) === undefined ? [] : own;
  };
  const isWaitedFor = (reason: Reason): boolean =>
    !isAwaited(reason) || reason.awaited.offeredFor.some((arch) => goesAhead(reason, ahead(arch)));
  const arches: JoinedArch[] = [];
  for (const [arch, why] of reasons) {
    const own = ownOf(why).filter(isWaitedFor);
    const how = howOf(arch, own);
    if (how) arches.push({ arch, how, reasons: own, proofs: proofsOf(own) });
    const late = how ? why.filter((reason) => !own.includes(reason)) : why;
    if (late.length > 0) followUp(image, arch, { after: underWay, reasons: late }, state);
  }
  state.planned.set(image.name, new Set(arches.map(({ arch }) => arch)));
  if (arches.length > 0) state.joined.push({ image: image.name, nvr: underWay.nvr, arches, moved });
  return undefined;
};

/** Nothing of the image can be planned before another build has ended. */
export const leaveForLater = (
  image: PlannableImage,
  after: Nvr,
  reasons: Reasons,
  state: PlanningState,
): undefined => {
  for (const [arch, why] of reasons)
    followUp(image, arch, { after: { nvr: after, arches: {} }, reasons: why }, state);
  state.planned.set(image.name, new Set());
  return undefined;
};

/** Whether it is about another build of the parent than the one that the build under way is made upon. */
const isApart = (reason: Reason, image: PlannableImage, state: PlanningState): boolean => {
  const parent = layerParentOf(image);
  const below = parent === undefined ? undefined : state.images.get(parent);
  const upon = image.underWay?.upon;
  if (reason.kind === 'inherited') return upon === undefined || upon !== below?.underWay?.nvr;
  if (reason.kind === 'parent-newer' || reason.kind === 'parent-rebuilt')
    return upon !== below?.baseline?.nvr || below?.underWay !== undefined;
  // What is planned only now was not there to be waited for.
  if (reason.kind === 'build-parent') return state.images.get(reason.parent)?.underWay === undefined;
  return false;
};

/** The build under way is of the source that it was planned with, so that another has to follow. */
export const isOfSource = ({ kind }: Reason): boolean => kind === 'source-changed' || kind === 'never-built';

/** Nothing of it was begun, so that all of it can be made upon another build of its parent. */
const canMove = (image: PlannableImage, { arches, frozen }: UnderWay, state: PlanningState): boolean =>
  !frozen &&
  Arch.options.every((arch) => {
    const stage = arches[arch]?.stage;
    const isUntouched = stage === undefined || stage === 'carried' || stage === 'waiting';
    return isUntouched && !(stage === 'waiting' && hasNothingBelow(image, arch, state));
  });

const howItJoins = (
  underWay: UnderWay,
  arch: Arch,
  reasons: readonly Reason[],
  image: PlannableImage,
  state: PlanningState,
): JoinedArch['how'] | undefined => {
  const at = underWay.arches[arch];
  if (at === undefined || at.stage === 'lost') return undefined;
  if (at.stage === 'carried')
    return underWay.frozen || at.taken || hasNothingBelow(image, arch, state) ? undefined : 'added';
  if (at.stage === 'waiting') return 'joined';
  // What it inherits was there before it was begun.
  const own = reasons.filter(({ kind }) => kind !== 'inherited');
  return coveredBy(own, at.proofs) ? 'joined' : undefined;
};

/** The parent's build has nothing to build upon on this arch. */
const hasNothingBelow = (image: PlannableImage, arch: Arch, state: PlanningState): boolean => {
  const parent = layerParentOf(image);
  if (parent === undefined) return false;
  const { underWay, baseline } = state.images.get(parent) ?? {};
  const below = underWay ? underWay.arches[arch] : baseline?.arches[arch];
  return below === undefined || ('stage' in below && below.stage === 'lost');
};

interface Late {
  readonly after: Pick<UnderWay, 'nvr' | 'arches'>;
  readonly reasons: readonly Reason[];
}

const followUp = (image: PlannableImage, arch: Arch, { after, reasons }: Late, state: PlanningState) => {
  const stage = after.arches[arch]?.stage;
  const judged = stage === 'running' || stage === 'built' || stage === 'unchanged';
  state.followUps.push({ image: image.name, arch, after: after.nvr, judged, reasons });
  state.leftAlone.push(
    leftAlone(image.name, arch, { kind: 'under-way', nvr: after.nvr, wouldBe: [...reasons] }),
  );
};
