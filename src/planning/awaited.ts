/** What an arch is to wait for: another arch of its image has a fix on offer that its own repositories do not list yet. */
import type { Arch } from '../../schemas/ids.ts';
import { evrCompare } from '../rpm/evr.ts';
import { type Finding, type FindingsByImage, packageKey } from './findings.ts';
import { fixOf } from './fix-of.ts';
import { type AwaitedReason, isAwaited } from './judge-hold.ts';
import { type BestOffer, streamOf } from './offer-index.ts';
import type { PlannableImage } from './plan-types.ts';
import { archesOf, canCarry, hasAllParents, type PlanningState } from './planning-state.ts';
import type { Reason } from './reason.ts';

/** What somebody changed goes out on all arches at once: it does not wait for a repository. */
export const mayWait = (image: PlannableImage, state: PlanningState): boolean =>
  state.holds.has(image.distroRelease) && (image.baseline === undefined || canCarry(image));

/**
 * What a package is to become, as reasons keep it: what its arch offers, or what it is to wait for. Undefined: nothing.
 *
 * @param among - where the same package of the other arches is found
 */
export const wantedFix = (
  image: PlannableImage,
  finding: Finding,
  among: FindingsByImage,
  state: PlanningState,
) => {
  const ahead = mayWait(image, state) ? offeredAhead(image, finding, among, state) : undefined;
  if (ahead !== undefined && !isBuiltHere(ahead.offer, image, finding.arch, state)) {
    const awaited = { sourceEvr: ahead.offer.rpm.sourceEvr, offeredFor: [...ahead.arches] };
    return { ...fixOf(finding.rpm, ahead.offer, state), awaited };
  }
  return finding.fix && fixOf(finding.rpm, finding.fix, state);
};

interface Ahead {
  readonly offer: BestOffer;
  readonly arches: readonly Arch[];
}

/** The highest fix that other arches of the image have on offer and can be built with, if higher than what is here. */
const offeredAhead = (
  image: PlannableImage,
  finding: Finding,
  among: FindingsByImage,
  state: PlanningState,
): Ahead | undefined => {
  const here = finding.fix?.rpm ?? finding.rpm;
  return archesOf(image)
    .flatMap((arch): Ahead[] => {
      const offer = counterpart(finding, arch, among)?.fix;
      if (offer === undefined || evrCompare(offer.rpm, here) <= 0) return [];
      return hasAllParents(state, image, arch) ? [{ offer, arches: [arch] }] : [];
    })
    .reduce<Ahead | undefined>((best, one) => (best === undefined ? one : higher(best, one)), undefined);
};

const higher = (best: Ahead, one: Ahead): Ahead => {
  const order = evrCompare(one.offer.rpm, best.offer.rpm);
  if (order === 0) return { ...best, arches: [...best.arches, ...one.arches] };
  return order > 0 ? one : best;
};

/** The same package in the image for another arch. One of a third arch, as i686's on x86_64, has none. */
const counterpart = (
  { image, arch, rpm }: Finding,
  on: Arch,
  among: FindingsByImage,
): Finding | undefined => {
  if (on === arch || (rpm.arch !== 'noarch' && rpm.arch !== arch)) return undefined;
  const key = packageKey({ ...rpm, arch: rpm.arch === 'noarch' ? rpm.arch : on });
  return among.get(image)?.get(on)?.get(key);
};

/** Its source came to this arch without the package: there is nothing to wait for. */
const isBuiltHere = ({ rpm }: BestOffer, image: PlannableImage, arch: Arch, { offers }: PlanningState) =>
  offers.hasSource({
    distroRelease: image.distroRelease,
    arch,
    sourceName: rpm.sourceName,
    sourceEvr: rpm.sourceEvr,
    stream: streamOf(rpm),
  });

/** Whether an arch with these reasons gets what another one waits for. */
export const goesAhead = (awaited: AwaitedReason, reasons: readonly Reason[]): boolean =>
  reasons.some((reason) => {
    if (isAwaited(reason)) return false;
    return awaited.kind === 'module'
      ? reason.kind === 'module'
      : 'name' in reason && reason.name === awaited.name;
  });
