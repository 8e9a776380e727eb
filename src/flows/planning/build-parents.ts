/** Build-only parents that are planned with an arch build: it waits for them too. */
import { sql } from 'kysely';
import type { Plan } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { begunNow } from '../begun.ts';
import { type ArchBuild, moveArchBuild } from '../move.ts';

/** After all arch builds of a plan are written: those that take files from others of it are blocked on them. */
export const waitForBuildParents = async (flow: Flow, plan: Pick<Plan, 'builds'>): Promise<void> => {
  const edgesOf = ({ image, arches }: Plan['builds'][number]) =>
    arches.flatMap(({ arch, buildParents }) =>
      buildParents.flatMap((parent) =>
        parent.kind === 'planned' || parent.kind === 'under-way'
          ? [{ image, arch, parent: parent.image }]
          : [],
      ),
    );
  const edges = (await inSlices(eachOf(plan.builds, edgesOf))).flat();
  if (edges.length === 0) return;
  // One build of an image is under way, so names are enough.
  const { rows } = await sql<{ id: number; parents: string }>`
    with edge as (
      insert into build_only_parent (arch_build, parent)
      select child.id, parent.id
      from jsonb_to_recordset(${JSON.stringify(edges)}::jsonb) as given(image text, arch text, parent text)
      join build upper on upper.image = given.image and upper.state in ('planned', 'building')
      join arch_build child on child.build = upper.id and child.arch = given.arch
      join build lower on lower.image = given.parent and lower.state in ('planned', 'building')
      join arch_build parent on parent.build = lower.id and parent.arch = given.arch
      on conflict do nothing
      returning arch_build, parent
    ), awaited as (
      select edge.arch_build, count(*) as count, string_agg(parent.image, ', ' order by parent.image) as parents
      from edge join arch_build parent on parent.id = edge.parent
      where parent.ended_at is null group by edge.arch_build
    )
    update arch_build set unmet = unmet + awaited.count
    from awaited where arch_build.id = awaited.arch_build
    returning arch_build.id, awaited.parents`.execute(flow.tx);
  const parents = new Map(rows.map((row) => [row.id, row.parents]));
  for (const archBuild of await lockThose(flow, [...parents.keys()])) {
    if (archBuild.state !== 'ready') continue;
    const why = `takes files from ${parents.get(archBuild.id) ?? ''}, built first`;
    await moveArchBuild(flow, archBuild, 'blocked', why, { ready_at: null });
  }
};

/** What a build will never give now: who waited for it takes files from the baseline. */
export const releaseBuildChildren = async (flow: Flow, parents: readonly ArchBuild[]): Promise<void> => {
  const { rows } = await sql<{ id: number; unmet: number }>`
    with gone as (
      delete from build_only_parent where parent = any(${parents.map(({ id }) => id)}::bigint[])
      returning arch_build
    ), freed as (select arch_build, count(*) as count from gone group by arch_build)
    update arch_build set unmet = unmet - freed.count
    from freed where arch_build.id = freed.arch_build and arch_build.state in ('blocked', 'held', 'parent_failed')
    returning arch_build.id, arch_build.unmet`.execute(flow.tx);
  const ready = rows.filter(({ unmet }) => unmet === 0).map(({ id }) => id);
  for (const archBuild of await lockThose(flow, ready)) {
    if (archBuild.state !== 'blocked') continue;
    const why = 'what it was to take files from is not built; it takes them from the baseline';
    await moveArchBuild(flow, archBuild, 'ready', why, { ready_at: flow.now, cause: begunNow(flow) });
  }
};

const lockThose = async (flow: Flow, ids: readonly number[]): Promise<readonly ArchBuild[]> =>
  ids.length === 0
    ? []
    : flow.tx.selectFrom('arch_build').selectAll().where('id', 'in', ids).orderBy('id').forUpdate().execute();
