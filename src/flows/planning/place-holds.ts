/** Arch builds whose package is on offer for other arches only are held; siblings go on, and the index waits. */
import { sql } from 'kysely';
import { ArchBuildHeld } from '../../../schemas/events/building.ts';
import type { HoldPolicy } from '../../../schemas/files/distro-release.ts';
import { grouped } from '../../planning/grouped.ts';
import { describeHold, isAwaited } from '../../planning/judge-hold.ts';
import type { Plan } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { moveArchBuilds } from '../move-many.ts';
import {
  type HeldBuild,
  holdPolicyOf,
  isBestEffort,
  lockThose,
  reasonsOf,
  sayHold,
  wakeHolds,
} from './held.ts';

/** Of the arch builds that a plan has written or joined, in the transaction that planned them. */
export const placeHolds = async (flow: Flow, distroRelease: string, plan: Plan): Promise<void> => {
  const waitingOf = ({ image, arches }: Plan['builds' | 'joined'][number]) =>
    arches.flatMap(({ arch, reasons }) => (reasons.some(isAwaited) ? [{ image, arch }] : []));
  const waiting = (await inSlices(eachOf([...plan.builds, ...plan.joined], waitingOf))).flat();
  if (waiting.length === 0) return;
  const policy = await holdPolicyOf(flow, distroRelease);
  const toHold = await lockThose(
    flow,
    sql`arch_build.state in ('blocked', 'ready') and (arch_build.image, arch_build.arch) in (
      select image, arch from json_to_recordset(${JSON.stringify(waiting)}::json) as given(image text, arch text))`,
  );
  const texts = grouped(toHold, (each) => textFor(flow, each, policy));
  for (const [text, some] of texts) await hold(flow, some, text, policy);
  // One that was held before may wait for something else now.
  await wakeHolds(flow, distroRelease);
};

const textFor = (flow: Flow, held: HeldBuild, policy: HoldPolicy): string => {
  const at = { since: flow.now, now: flow.now, bestEffort: isBestEffort(held) };
  return describeHold(reasonsOf(held.archBuild).filter(isAwaited), at, policy);
};

/** All of them wait for the same. */
const hold = async (
  flow: Flow,
  some: readonly HeldBuild[],
  text: string,
  policy: HoldPolicy,
): Promise<void> => {
  const since = flow.now;
  const archBuilds = some.map(({ archBuild }) => archBuild);
  const changes = { held_since: since, hold_alarmed_at: null, waiting: text, ready_at: null };
  const moved = await moveArchBuilds(flow, archBuilds, 'held', text, changes);
  // It counts like a parent that is not built yet.
  await sql`update arch_build set unmet = unmet + 1 where id = any(${moved.map(({ id }) => id)}::bigint[])`.execute(
    flow.tx,
  );
  for (const archBuild of moved) {
    const build = some.find(({ archBuild: { id } }) => id === archBuild.id)?.build;
    if (build === undefined) continue;
    const awaited = reasonsOf(archBuild).filter(isAwaited);
    await sayHold(flow, ArchBuildHeld, { build, archBuild }, { awaited, since, policy });
  }
};
