/** Holds end when what they wait for is on offer, when it turns out that it never will be, or at their deadline. */
import { sql } from 'kysely';
import { ArchBuildOverdue } from '../../../schemas/events/building.ts';
import type { HoldPolicy } from '../../../schemas/files/distro-release.ts';
import {
  awaitedLines,
  awaitedName,
  deadlineOf,
  decideHold,
  describeHold,
  type HoldOutcome,
  type Moment,
  type OnOffer,
} from '../../planning/judge-hold.ts';
import { indexModules } from '../../planning/module-index.ts';
import { indexOffers } from '../../planning/offer-index.ts';
import { proofsOf } from '../../planning/proofs.ts';
import { sourcesOf } from '../../planning/reason.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { begunNow } from '../begun.ts';
import { dispatching } from '../dispatching/dispatch.ts';
import { type ArchBuild, moveArchBuild } from '../move.ts';
import { lockCollecting } from '../planning/collect.ts';
import {
  type HeldBuild,
  holdPolicyOf,
  holdTimer,
  isBestEffort,
  lockThose,
  reasonsOf,
  sayHold,
} from '../planning/held.ts';
import { offersOf } from '../planning/offers-of.ts';
import { moduleOffersOf } from '../planning/plan-modules.ts';
import type { Settings } from '../settings.ts';
import { considerWithout, failArchBuild, leaveUnchanged } from './arch-build-ends.ts';
import { leaveAlone } from './leave-alone.ts';

/** Where there are new offers, or the time has come. What can be built goes out at once. */
export const endHolds = async (flow: Flow, settings: Settings, distroRelease: string): Promise<void> => {
  const held = await releasesWithHolds(flow);
  if (held.includes(distroRelease))
    await dispatching(flow, settings, () => judge(flow, settings, distroRelease));
};

/** Where deadlines may have changed. */
export const endAllHolds = async (flow: Flow, settings: Settings): Promise<void> => {
  for (const distroRelease of await releasesWithHolds(flow)) await endHolds(flow, settings, distroRelease);
};

const releasesWithHolds = async (flow: Flow): Promise<readonly string[]> => {
  const { rows } = await sql<{ distro_release: string }>`
    select distinct build.distro_release from arch_build join build on build.id = arch_build.build
    where arch_build.held_since is not null and arch_build.ended_at is null order by 1`.execute(flow.tx);
  return rows.map((row) => row.distro_release);
};

const heldIn = (flow: Flow, distroRelease: string): Promise<readonly HeldBuild[]> =>
  lockThose(flow, sql`build.distro_release = ${distroRelease} and arch_build.held_since is not null`);

/** What all holds of a distro release are set against. */
interface Against {
  readonly policy: HoldPolicy;
  readonly onOffer: OnOffer;
}

const judge = async (flow: Flow, settings: Settings, distroRelease: string): Promise<void> => {
  // With plans, and with looks that write what is on offer: what comes later wakes this once more.
  await lockCollecting(flow, distroRelease);
  const held = await heldIn(flow, distroRelease);
  const sources = new Set(held.flatMap(({ archBuild }) => [...sourcesOf(reasonsOf(archBuild))]));
  const against = {
    policy: await holdPolicyOf(flow, distroRelease),
    onOffer: {
      offers: indexOffers(await offersOf(flow, distroRelease, [...sources])),
      modules: indexModules(
        await moduleOffersOf(
          flow,
          distroRelease,
          held.flatMap(({ build: { definition } }) =>
            definition.recipe.kind === 'module' ? definition.recipe.module : [],
          ),
        ),
      ),
    },
  };
  const ending: number[] = [];
  for (const each of held) {
    const outcome = outcomeOf(flow, each, against);
    if (outcome.kind === 'waits') await waitOn(flow, each, outcome, against);
    else ending.push(each.archBuild.id);
  }
  for (const id of ending) await end(flow, settings, id, against);
  await ringAtDeadline(flow, distroRelease, against.policy);
};

const momentOf = (flow: Flow, held: HeldBuild): Moment => ({
  since: held.archBuild.held_since ?? flow.now,
  now: flow.now,
  bestEffort: isBestEffort(held),
});

const outcomeOf = (flow: Flow, held: HeldBuild, { onOffer, policy }: Against): HoldOutcome => {
  const { build, archBuild } = held;
  const place = { distroRelease: build.definition.distroRelease, arch: archBuild.arch };
  return decideHold(reasonsOf(archBuild), place, onOffer, momentOf(flow, held), policy);
};

/** It is told what it waits for now; once, that it is overdue. */
const waitOn = async (
  flow: Flow,
  held: HeldBuild,
  { reasons, awaited, alarm, notOffered, gone }: HoldOutcome,
  { policy, onOffer }: Against,
): Promise<void> => {
  const { build, archBuild } = held;
  const moment = momentOf(flow, held);
  const waiting = describeHold(awaited, moment, policy);
  const isNews = alarm && archBuild.hold_alarmed_at === null;
  if (waiting !== archBuild.waiting || isNews || notOffered.length + gone.length > 0) {
    const told = isNews ? { hold_alarmed_at: flow.now } : {};
    await flow.tx
      .updateTable('arch_build')
      .set({ ...wanted(reasons), waiting, ...told })
      .where('id', '=', archBuild.id)
      .execute();
    await leaveAlone(flow, held, { 'not-offered': notOffered, 'nothing-newer': gone }, onOffer);
  }
  if (!isNews) return;
  flow.log.error({ nvr: build.nvr, arch: archBuild.arch, waiting }, 'an arch build is overdue');
  await sayHold(flow, ArchBuildOverdue, held, { awaited, since: moment.since, policy });
};

const wanted = (reasons: HoldOutcome['reasons']) => ({
  reasons: JSON.stringify(reasons),
  proofs: JSON.stringify(proofsOf(reasons)),
});

/** Read once more: the end of another may have ended this one, or what it stands on. */
const end = async (flow: Flow, settings: Settings, id: number, against: Against): Promise<void> => {
  const [held] = await lockThose(flow, sql`arch_build.id = ${id} and arch_build.held_since is not null`);
  if (held === undefined) return;
  const outcome = outcomeOf(flow, held, against);
  const { build, archBuild } = held;
  const { kind, notOffered, gone, givenUp } = outcome;
  // What failed below it ends its build, unless that is built after all.
  if (kind !== 'goes-on' && archBuild.state !== 'held') return;
  const because = reasonFor(flow, held, outcome, against.policy);
  const freed = await free(flow, archBuild, outcome);
  await leaveAlone(
    flow,
    held,
    { 'not-offered': notOffered, 'nothing-newer': [...gone, ...givenUp] },
    against.onOffer,
  );
  if (kind === 'goes-on') await goOn(flow, freed, because);
  else if (kind === 'dropped')
    await failArchBuild(flow, settings, freed, build.nvr, { failureClass: 'content', error: because });
  else {
    await leaveUnchanged(flow, settings, freed, because);
    await considerWithout(flow, settings, build.id);
  }
};

/** It waits for one thing less. */
const free = (flow: Flow, archBuild: ArchBuild, { kind, reasons }: HoldOutcome): Promise<ArchBuild> =>
  flow.tx
    .updateTable('arch_build')
    .set({
      unmet: archBuild.unmet - 1,
      held_since: null,
      hold_alarmed_at: null,
      dropped: kind === 'dropped',
      // One that ends here keeps what it was to be built for.
      ...(reasons.length > 0 && wanted(reasons)),
    })
    .where('id', '=', archBuild.id)
    .returningAll()
    .executeTakeFirstOrThrow();

const goOn = async (flow: Flow, archBuild: ArchBuild, because: string): Promise<void> => {
  if (archBuild.state !== 'held') return;
  if (archBuild.unmet > 0) await moveArchBuild(flow, archBuild, 'blocked', because);
  else await moveArchBuild(flow, archBuild, 'ready', because, { ready_at: flow.now, cause: begunNow(flow) });
};

const reasonFor = (
  flow: Flow,
  held: HeldBuild,
  { notOffered, gone, givenUp }: HoldOutcome,
  policy: HoldPolicy,
): string => {
  const deadline = deadlineOf(momentOf(flow, held).since, policy).toISOString();
  const parts = [
    notOffered.length > 0
      ? `not offered for ${held.archBuild.arch}: ${awaitedLines(notOffered).join('; ')}`
      : '',
    gone.length > 0 ? `no longer on offer: ${gone.map(awaitedName).join(', ')}` : '',
    givenUp.length > 0 ? `not on offer by ${deadline}: ${awaitedLines(givenUp).join('; ')}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'what it waited for is on offer' : parts.join('; ');
};

const ringAtDeadline = async (flow: Flow, distroRelease: string, policy: HoldPolicy): Promise<void> => {
  const { rows } = await sql<{ held_since: Date }>`
    select distinct held_since from arch_build join build on build.id = arch_build.build
    where build.distro_release = ${distroRelease} and held_since is not null and arch_build.ended_at is null`.execute(
    flow.tx,
  );
  const due = rows
    .map((row) => deadlineOf(row.held_since, policy))
    .filter((deadline) => deadline > flow.now)
    .sort((a, b) => a.getTime() - b.getTime())[0];
  if (due !== undefined) await flow.timer({ kind: holdTimer, key: distroRelease, due });
};
