/** What is under way is as urgent as what joined it, and as what was planned upon it. */
import { sql } from 'kysely';
import type { Arch, ImageName } from '../../../schemas/ids.ts';
import { Severity } from '../../../schemas/nomination.ts';
import { causesBySource, causesOf, eachOnce, type SourceReference } from '../../planning/causes.ts';
import type { Plan } from '../../planning/plan-types.ts';
import type { Reason } from '../../planning/reason.ts';
import type { CauseKind } from '../../planning/rule-matching.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { archBuildKey, type Written } from './written.ts';

interface Planned {
  readonly image: ImageName;
  readonly arch: Arch;
  readonly reasons: readonly Reason[];
}

/** Only what still waits: the order of what runs is decided. */
export const raiseUrgency = async (
  flow: Flow,
  plan: Plan,
  { severity, references }: { readonly severity: Severity; readonly references: readonly SourceReference[] },
  written: Written,
): Promise<void> => {
  const joined = plan.joined.flatMap(({ image, arches }) => arches.map((each) => ({ image, ...each })));
  const uponUnderWay = ({ image, arches }: Plan['builds'][number]) =>
    arches
      .filter(({ parent, buildParents }) =>
        [parent, ...buildParents].some(({ kind }) => kind === 'under-way'),
      )
      .map((each) => ({ image, ...each }));
  const upon = (await inSlices(eachOf(plan.builds, uponUnderWay))).flat();
  const all: readonly Planned[] = [...joined, ...upon];
  const idsOf = (some: readonly Planned[]) =>
    some.flatMap(({ image, arch }) => written.archBuilds.get(archBuildKey(image, arch))?.id ?? []);
  if (all.length === 0) return;
  const lesser = Severity.options.slice(Severity.options.indexOf(severity) + 1);
  await flow.tx
    .updateTable('arch_build')
    .set({ severity })
    .where('id', 'in', sql<number>`(${withAncestors(idsOf(all))})`)
    .where('state', 'in', ['blocked', 'ready', 'held'])
    .where('severity', '=', sql<Severity>`any(${lesser}::text[])`)
    .execute();
  await takeOnCauses(flow, idsOf(all), causesOfAll(all, references));
  const byHand = all.filter(({ reasons }) => reasons.some(({ kind }) => kind === 'by-hand'));
  if (byHand.length === 0) return;
  await flow.tx
    .updateTable('arch_build')
    // What was kept back as automatic is a person's now.
    .set({
      by_hand: true,
      delayed_by: null,
      delayed_until: null,
      waiting: sql`case when delayed_by is null then waiting end`,
    })
    .where('id', 'in', sql<number>`(${withAncestors(idsOf(byHand))})`)
    .where('state', 'in', ['blocked', 'ready', 'held'])
    .execute();
};

const causesOfAll = (
  all: readonly Planned[],
  references: readonly SourceReference[],
): readonly CauseKind[] => {
  const bySource = causesBySource(references);
  return eachOnce(all.flatMap(({ reasons }) => causesOf(reasons, bySource, () => [])));
};

/** What a rule has kept so far is judged by these too. */
const takeOnCauses = async (
  flow: Flow,
  ids: readonly number[],
  causes: readonly CauseKind[],
): Promise<void> => {
  await sql`
    update arch_build set delayed_by = null, delayed_until = null,
      waiting = case when delayed_by is null then waiting end, causes = (
      select jsonb_agg(distinct kind) from jsonb_array_elements(arch_build.causes || ${JSON.stringify(causes)}::jsonb) as given(kind)
    )
    where id in (${withAncestors(ids)}) and state in ('blocked', 'ready', 'held')
      and not arch_build.causes @> ${JSON.stringify(causes)}::jsonb`.execute(flow.tx);
};

const withAncestors = (ids: readonly number[]) => sql<number>`
  with recursive up(id) as (
    select unnest(${[...ids]}::bigint[])
    union
    select below.id from up cross join lateral (
      select parent_arch_build as id from arch_build where arch_build.id = up.id and parent_arch_build is not null
      union all
      select parent from build_only_parent where build_only_parent.arch_build = up.id
    ) as below
  ) select id from up`;
