/** An arch build that waits for packages or a module, set against what its repositories offer now, and against its deadline. */
import type { ModuleLabel } from '../../schemas/content.ts';
import type { HoldPolicy } from '../../schemas/files/distro-release.ts';
import type { Arch, DistroReleaseName } from '../../schemas/ids.ts';
import { evrCompare, formatEvr } from '../rpm/evr.ts';
import type { PackageAtHand } from './left-alone.ts';
import { type ModuleIndex, moduleVersion } from './module-index.ts';
import { type BestOffer, type OfferIndex, streamOf } from './offer-index.ts';
import type { Reason } from './reason.ts';

type FixReason = Extract<Reason, { readonly repositories: string[] }>;
type ModuleReason = Extract<Reason, { readonly kind: 'module' }>;

/** A reason that waits for its package. */
export type AwaitedFix = FixReason & { readonly awaited: NonNullable<FixReason['awaited']> };

/** One that waits for its build of a module. */
type AwaitedModule = ModuleReason & { readonly awaited: NonNullable<ModuleReason['awaited']> };

export type AwaitedReason = AwaitedFix | AwaitedModule;

export const isAwaited = (reason: Reason): reason is AwaitedReason =>
  'awaited' in reason && reason.awaited !== undefined;

export const isFix = (reason: AwaitedReason): reason is AwaitedFix => reason.kind !== 'module';

/** What repositories offer by now. */
export interface OnOffer {
  readonly offers: OfferIndex;
  readonly modules: ModuleIndex;
}

/** What its reasons have come to. Each is in one of the four. */
interface Judged {
  /** To build it for now. */
  readonly reasons: readonly Reason[];
  readonly awaited: readonly AwaitedReason[];
  /** Their source came to the arch without them. */
  readonly notOffered: readonly AwaitedFix[];
  /** No arch has them on offer any more. */
  readonly gone: readonly AwaitedReason[];
}

interface Place {
  readonly distroRelease: DistroReleaseName;
  readonly arch: Arch;
}

/** What is on offer at least as new as it was awaited is wanted as it is on offer. */
const judgeHold = (reasons: readonly Reason[], place: Place, onOffer: OnOffer): Judged => {
  const judged = { reasons: [] as Reason[], awaited: [] as AwaitedReason[] };
  const notOffered: AwaitedFix[] = [];
  const gone: AwaitedReason[] = [];
  for (const reason of reasons) {
    if (!isAwaited(reason)) judged.reasons.push(reason);
    else if (isThere(reason, place, onOffer)) judged.reasons.push(...present(reason, place, onOffer));
    else if (isFix(reason) && isBuiltThere(reason, place, onOffer)) notOffered.push(reason);
    else if (isGone(reason, place, onOffer)) gone.push(reason);
    else judged.awaited.push(reason);
  }
  return { ...judged, notOffered, gone };
};

const isThere = (reason: AwaitedReason, place: Place, onOffer: OnOffer): boolean => {
  if (isFix(reason)) {
    const best = bestOf(reason, place, onOffer);
    return best !== undefined && evrCompare(best.rpm, reason.to) >= 0;
  }
  const listed = listedOf(reason, place, onOffer);
  return listed !== undefined && moduleVersion(listed) >= moduleVersion(reason.to);
};

/** None of the arches that were ahead has it, or a newer one, on offer still: it was withdrawn. */
const isGone = (reason: AwaitedReason, place: Place, onOffer: OnOffer): boolean =>
  !reason.awaited.offeredFor.some((ahead) => {
    const its = isFix(reason) && reason.arch !== 'noarch' ? { ...reason, arch: ahead } : reason;
    return isThere(its, { ...place, arch: ahead }, onOffer);
  });

/** As its repositories have it, be that less new than elsewhere. */
const present = (reason: AwaitedReason, place: Place, onOffer: OnOffer): readonly Reason[] => {
  if (isFix(reason)) {
    const best = bestOf(reason, place, onOffer);
    return best === undefined ? [] : [fixAsOffered(reason, best)];
  }
  const { awaited: _, ...rest } = reason;
  const to = listedOf(reason, place, onOffer);
  return to === undefined ? [] : [{ ...rest, to }];
};

/** Of what is waited for no longer: what its repositories have newer all the same. */
const instead = (awaited: readonly AwaitedReason[], place: Place, onOffer: OnOffer): readonly Reason[] =>
  awaited.flatMap((reason) => present(reason, place, onOffer)).filter(isNewer);

const isNewer = (reason: Reason): boolean => {
  if (reason.kind === 'module')
    return reason.from === undefined || moduleVersion(reason.to) > moduleVersion(reason.from);
  return 'repositories' in reason && evrCompare(reason.to, reason.from) > 0;
};

/** As the answer to why-not tells it. */
export const atHand = (reason: AwaitedFix, place: Place, onOffer: OnOffer): PackageAtHand => {
  const best = bestOf(reason, place, onOffer);
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
  { name, arch, module }: AwaitedFix,
  place: Place,
  { offers }: OnOffer,
): BestOffer | undefined => offers.best(place.distroRelease, place.arch, { name, arch, module });

const listedOf = ({ to }: AwaitedModule, place: Place, { modules }: OnOffer): ModuleLabel | undefined =>
  modules.newest(place.distroRelease, place.arch, streamOf({ module: to }));

const isBuiltThere = ({ source, module, awaited }: AwaitedFix, place: Place, { offers }: OnOffer) =>
  offers.hasSource({
    ...place,
    sourceName: source,
    sourceEvr: awaited.sourceEvr,
    stream: streamOf({ module }),
  });

const evrOf = ({ epoch, version, release }: BestOffer['rpm']) => ({ epoch, version, release });

const fixAsOffered = ({ awaited, ...reason }: AwaitedFix, { rpm, repositories }: BestOffer): Reason => ({
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
  readonly notOffered: readonly AwaitedFix[];
  readonly gone: readonly AwaitedReason[];
  readonly givenUp: readonly AwaitedReason[];
}

export const decideHold = (
  reasons: readonly Reason[],
  place: Place,
  onOffer: OnOffer,
  moment: Moment,
  policy: HoldPolicy,
): HoldOutcome => {
  const judged = judgeHold(reasons, place, onOffer);
  const { awaited, notOffered, gone } = judged;
  const others = [...judged.reasons, ...instead(gone, place, onOffer)];
  const verdict = verdictAt(moment, policy);
  if (awaited.length > 0 && verdict !== 'drop') {
    const left = [...others, ...awaited];
    const alarm = verdict === 'alarm';
    return { kind: 'waits', reasons: left, awaited, alarm, notOffered, gone, givenUp: [] };
  }
  const left = [...others, ...instead(awaited, place, onOffer)];
  const nothing = awaited.length > 0 ? 'dropped' : 'unchanged';
  const kind = left.length > 0 ? 'goes-on' : nothing;
  return { kind, reasons: left, awaited: [], alarm: false, notOffered, gone, givenUp: awaited };
};

/** What is waited for, for people. */
export const awaitedName = (reason: AwaitedReason): string =>
  isFix(reason) ? `${reason.name}-${formatEvr(reason.to)}.${reason.arch}` : `module ${reason.to}`;

/** The same, a line each, with who has it. */
export const awaitedLines = (awaited: readonly AwaitedReason[]): readonly string[] =>
  awaited.map((reason) => {
    const only = isFix(reason) ? 'so far on offer only' : 'so far listed only';
    return `${awaitedName(reason)}, ${only} for ${reason.awaited.offeredFor.join(', ')}`;
  });

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
