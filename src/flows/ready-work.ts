/** What could start now if there were a slot for it, with what the scheduler orders it by. */
import { sql } from 'kysely';
import { type Arch, ImageName } from '../../schemas/ids.ts';
import type { Flow } from '../runtime/consumer.ts';
import type { ReadyBuild } from '../scheduling/priority.ts';

/** At most so much is looked at for one decision, the most severe first; the rest when slots are free again. */
const horizon = 500;

/** What an arch build is taken to last, so that the longest chain comes first. */
const typicalSeconds = 60;

/** As the scheduler ranks them. */
const bySeverity = sql`array_position(array['critical', 'important', 'moderate', 'low', 'none'], build.severity)`;

/** Arch builds that wait for a slot of these arches. */
export const readyArchBuilds = async (flow: Flow, arches: readonly Arch[]): Promise<ReadyBuild[]> => {
  const rows = await flow.tx
    .selectFrom('arch_build')
    .innerJoin('build', 'build.id', 'arch_build.build')
    .select([
      'arch_build.id',
      'arch_build.image',
      'arch_build.arch',
      'arch_build.ready_at',
      'build.severity',
      'build.by_hand',
    ])
    .where('arch_build.state', '=', 'ready')
    .where('arch_build.arch', 'in', arches)
    .where('arch_build.ready_at', '<=', flow.now)
    .orderBy(bySeverity)
    .orderBy('arch_build.ready_at')
    .limit(horizon)
    .execute();
  const chains = await chainsBelow(
    flow,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({
    id: `a${row.id}`,
    image: ImageName.parse(row.image),
    arch: row.arch,
    severity: row.severity,
    byHand: row.by_hand,
    readySince: row.ready_at ?? flow.now,
    criticalPath: typicalSeconds * (1 + (chains.get(row.id) ?? 0)),
  }));
};

/** Length, in arch builds, of the longest chain that waits for each. */
const chainsBelow = async (
  flow: Flow,
  archBuilds: readonly number[],
): Promise<ReadonlyMap<number, number>> => {
  if (archBuilds.length === 0) return new Map();
  const { rows } = await sql<{ root: number; depth: number }>`
    with recursive below(root, id, depth) as (
      select id, id, 0 from arch_build where id = any(${[...archBuilds]}::bigint[])
      union all
      select below.root, child.id, below.depth + 1
      from below join arch_build child on child.parent_arch_build = below.id and child.state = 'blocked'
    ) select root, max(depth)::int as depth from below group by root`.execute(flow.tx);
  return new Map(rows.map(({ root, depth }) => [root, depth]));
};

/** Smoke tests that wait for a slot of these arches. Nothing is built upon them. */
export const queuedSmokeTests = async (flow: Flow, arches: readonly Arch[]): Promise<ReadyBuild[]> => {
  const rows = await flow.tx
    .selectFrom('smoke_test')
    .innerJoin('build', 'build.id', 'smoke_test.build')
    .select([
      'smoke_test.id',
      'build.image',
      'smoke_test.arch',
      'smoke_test.queued_at',
      'build.severity',
      'build.by_hand',
    ])
    .where('smoke_test.state', '=', 'queued')
    .where('smoke_test.arch', 'in', arches)
    .where('smoke_test.queued_at', '<=', flow.now)
    .orderBy(bySeverity)
    .orderBy('smoke_test.queued_at')
    .limit(horizon)
    .execute();
  return rows.map((row) => ({
    id: `t${row.id}`,
    image: ImageName.parse(row.image),
    arch: row.arch,
    severity: row.severity,
    byHand: row.by_hand,
    readySince: row.queued_at,
    criticalPath: 0,
  }));
};
