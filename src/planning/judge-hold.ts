/** An arch build that waits for packages, set against what its repositories offer now, and against its deadline. */
import type { HoldPolicy } from '../../schemas/files/distro-release.ts';
import type { Arch, DistroReleaseName } from '../../schemas/ids.ts';
import { evrCompare, formatEvr } from '../rpm/evr.ts';
import type { PackageAtHand } from './left-alone.ts';
import { type BestOffer, type OfferIndex, streamOf } from './offer-index.ts';
import type { Reason } from './reason.ts';

type FixReason = Extract<Reason, { readonly repositories: string[] }>;

/** A reason that waits for its package. */
export type AwaitedReason = FixReason & { readonly awaited: NonNullable<FixReason['awaited']> };

export const isAwaited = (reason: Reason): reason is AwaitedReason =>
  'awaited' in reason && reason.awaited !== undefined;

/** What its reasons have come to. Each is in one of the four. */
interface Judged {
  /** To build it for now. */
  readonly reasons: readonly Reason[];
  readonly awaited: readonly AwaitedReason[];
  /** Their source came to the arch without them. */
  readonly notOffered: readonly AwaitedReason[];
  /** No arch has them on offer any more. */
  readonly gone: readonly AwaitedReason[];
}

interface Place {
  readonly distroRelease: DistroReleaseName;
  readonly arch: Arch;
}

/** What is on offer at least as new as it was awaited is wanted as it is on offer. */
const judgeHold = (reasons: readonly Reason[], place: Place, offers: OfferIndex): Judged => {
  const judged = { reasons: [] as Reason[], awaited: [] as AwaitedReason[] };
  const notOffered: AwaitedReason[] = [];
  const gone: AwaitedReason[] = [];
  for (const reason of reasons) {
    if (!isAwaited(reason)) judged.reasons.push(reason);
    else {
      const best = bestOf(reason, place, offers);
      if (best !== undefined && evrCompare(best.rpm, reason.to) >= 0)
        judged.reasons.push(asOffered(reason, best));
      else if (isBuiltThere(reason, place, offers)) notOffered.push(reason);
      else if (isGone(reason, place, offers)) gone.push(reason);
      else judged.awaited.push(reason);
    }
  }
  return { ...judged, notOffered, gone };
};

/** None of the arches that were ahead has it, or a newer one, on offer still: it was withdrawn. */
const isGone = ({ name, arch, module, to, awaited }: AwaitedReason, place: Place, offers: OfferIndex) =>
  !awaited.offeredFor.some((ahead) => {
    const wanted = { name, arch: arch === 'noarch' ? arch : ahead, module };
    const best = offers.best(place.distroRelease, ahead, wanted);
    return best !== undefined && evrCompare(best.rpm, to) >= 0;
  });

/** Of what is waited for no longer: what its repositories offer newer all the same, though less new than elsewhere. */
const instead = (awaited: readonly AwaitedReason[], place: Place, offers: OfferIndex): readonly Reason[] =>
  awaited.flatMap((reason) => {
    const best = bestOf(reason, place, offers);
    return best !== undefined && evrCompare(best.rpm, reason.from) > 0 ? [asOffered(reason, best)] : [];
  });

/** As the answer to why-not tells it. */
export const atHand = (reason: AwaitedReason, place: Place, offers: OfferIndex): PackageAtHand => {
  const best = bestOf(reason, place, offers);
  return {
    name: reason.name,
    arch: reason.arch,
    source: reason.source,
    installed: reason.from,
    ...(best && { offered: evrOf(best.rpm) }),
    elsewhere: [...reason.awaited.offeredFor],
  };
};

const bestOf = (
  { name, arch, module }: AwaitedReason,
  place: Place,
  offers: OfferIndex,
): BestOffer | undefined => offers.best(place.distroRelease, place.arch, { name, arch, module });

const isBuiltThere = ({ source, module, awaited }: AwaitedReason, place: Place, offers: OfferIndex) =>
  offers.hasSource({
    ...place,
    sourceName: source,
    sourceEvr: awaited.sourceEvr,
    stream: streamOf({ module }),
  });

const evrOf = ({ epoch, version, release }: BestOffer['rpm']) => ({ epoch, version, release });

const asOffered = ({ awaited, ...reason }: AwaitedReason, { rpm, repositories }: BestOffer): Reason => ({
  ...reason,
  to: evrOf(rpm),
  ...(rpm.module !== undefined && { module: rpm.module }),
  repositories: [...repositories],
});

/** When a hold has lasted long enough. */
export const deadlineOf = (since: Date, { hours }: HoldPolicy): Date =>
  new Date(since.getTime() + hours * 3_600_000);

/** A moment of a hold. */
export interface Moment {
  readonly since: Date;
  readonly now: Date;
  /** The index does not need the arch. */
  readonly bestEffort: boolean;
}

/** What is done, at this moment, with what is still awaited. */
const verdictAt = ({ since, now, bestEffort }: Moment, policy: HoldPolicy): HoldPolicy['atDeadline'] => {
  if (now < deadlineOf(since, policy)) return 'wait';
  return bestEffort || policy.hours === 0 ? 'drop' : policy.atDeadline;
};

/** What becomes of an arch build that is held. `reasons` are those that are left. */
export interface HoldOutcome {
  /**
   * `waits`: on. `goes-on`: it can be built. `unchanged`: nothing is left to build it for. `dropped`: nor is there, but
   * what it was held for is newer on other arches.
   */
  readonly kind: 'waits' | 'goes-on' | 'unchanged' | 'dropped';
  readonly reasons: readonly Reason[];
  readonly awaited: readonly AwaitedReason[];
  /** It waits on beyond its deadline, and that is to be told. */
  readonly alarm: boolean;
  readonly notOffered: readonly AwaitedReason[];
  readonly gone: readonly AwaitedReason[];
  readonly givenUp: readonly AwaitedReason[];
}

export const decideHold = (
  reasons: readonly Reason[],
  place: Place,
  offers: OfferIndex,
  moment: Moment,
  policy: HoldPolicy,
): HoldOutcome => {
  const judged = judgeHold(reasons, place, offers);
  const { awaited, notOffered, gone } = judged;
  const others = [...judged.reasons, ...instead(gone, place, offers)];
  const verdict = verdictAt(moment, policy);
  if (awaited.length > 0 && verdict !== 'drop') {
    const left = [...others, ...awaited];
    const alarm = verdict === 'alarm';
    return { kind: 'waits', reasons: left, awaited, alarm, notOffered, gone, givenUp: [] };
  }
  const left = [...others, ...instead(awaited, place, offers)];
  const nothing = awaited.length > 0 ? 'dropped' : 'unchanged';
  const kind = left.length > 0 ? 'goes-on' : nothing;
  return { kind, reasons: left, awaited: [], alarm: false, notOffered, gone, givenUp: awaited };
};

/** What is waited for, a line each for people. */
export const awaitedLines = (awaited: readonly AwaitedReason[]): readonly string[] =>
  awaited.map(
    ({ name, arch, to, awaited: { offeredFor } }) =>
      `${name}-${formatEvr(to)}.${arch}, so far on offer only for ${offeredFor.join(', ')}`,
  );

/** What an arch build waits for, until when, and what then. */
export const describeHold = (
  awaited: readonly AwaitedReason[],
  moment: Moment,
  policy: HoldPolicy,
): string => {
  const deadline = deadlineOf(moment.since, policy).toISOString();
  const isOver = moment.now >= deadlineOf(moment.since, policy);
  const atDeadline = moment.bestEffort ? 'drop' : policy.atDeadline;
  const until = isOver
    ? `overdue since ${deadline}`
    : `until ${deadline}${atDeadline === 'drop' ? ', then goes on without' : ''}`;
  return `waits for ${awaitedLines(awaited).join('; ')}; ${until}`;
};
