/** How near a rebuild came to what no order of its work could stay below. */
import { sql } from 'kysely';
import type { RebuildSchedule } from '../../../schemas/events/planning.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { inSlices } from '../../runtime/in-slices.ts';
import { boundInSteps, type PooledBuild, type SlotsOf } from '../../scheduling/bound.ts';
import type { Rebuild } from '../move.ts';

/** Undefined where no worker ran anything for it. */
export const scheduleOf = async (flow: Flow, rebuild: Rebuild): Promise<RebuildSchedule | undefined> => {
  const builds = await timedBuilds(flow, rebuild);
  if (builds.length === 0 || rebuild.planned_at === null) return undefined;
  const last = builds.reduce((latest, { endedAt }) => Math.max(latest, endedAt.getTime()), 0);
  const bound = await inSlices(boundInSteps(builds, await slotsSince(flow, rebuild.planned_at)));
  return {
    seconds: rounded((last - rebuild.planned_at.getTime()) / 1000),
    ...(Number.isFinite(bound.seconds) ? { boundSeconds: rounded(bound.seconds) } : {}),
    criticalPathSeconds: rounded(bound.criticalPath),
    pools: bound.pools.map(({ arch, slots, builds: archBuilds, work, bound: least }) => ({
      arch,
      slots,
      archBuilds,
      workSeconds: rounded(work),
      ...(Number.isFinite(least) ? { boundSeconds: rounded(least) } : {}),
    })),
  };
};

/** To the millisecond. */
const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** Its arch builds that a worker made, each with the time that its last run took. */
const timedBuilds = async (
  flow: Flow,
  rebuild: Rebuild,
): Promise<readonly (PooledBuild & { readonly endedAt: Date })[]> => {
  const rows = await flow.tx
    .selectFrom('build_cause')
    .innerJoin('arch_build', 'arch_build.build', 'build_cause.build')
    .innerJoin('run', 'run.id', 'arch_build.run')
    .select(['arch_build.id', 'arch_build.arch', 'arch_build.parent_arch_build'])
    .select(['run.requested_at', 'run.started_at', 'run.ended_at'])
    .select(
      sql<number[]>`array(
        select parent from build_only_parent where build_only_parent.arch_build = arch_build.id
      )`.as('build_only_parents'),
    )
    .where('build_cause.rebuild', '=', rebuild.id)
    .where('run.state', '=', 'finished')
    .execute();
  return rows.flatMap((row) => {
    if (row.ended_at === null) return [];
    const began = row.started_at ?? row.requested_at;
    return {
      id: String(row.id),
      arch: row.arch,
      seconds: (row.ended_at.getTime() - began.getTime()) / 1000,
      dependsOn: [row.parent_arch_build ?? [], row.build_only_parents].flat().map(String),
      endedAt: row.ended_at,
    };
  });
};

/** Of the workers that were heard of while it ran. */
const slotsSince = (flow: Flow, plannedAt: Date): Promise<SlotsOf[]> =>
  flow.tx.selectFrom('worker').select(['arches', 'slots']).where('announced_at', '>=', plannedAt).execute();
