/** What a plan makes of withdrawn builds: images that go on to hold them are told of, and the builds kept in mind. */
import { sql } from 'kysely';
import { byText } from '../../../schemas/by-text.ts';
import { grouped } from '../../planning/grouped.ts';
import type { Plan, PlanInput, Withdrawn } from '../../planning/plan-types.ts';
import { formatEvr } from '../../rpm/evr.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { insertRows } from '../../store/insert-rows.ts';
import { listedAmong, type Withdrawal } from './withdrawals.ts';

interface Told {
  readonly distroRelease: string;
  readonly withdrawals: readonly Withdrawal[];
  /** By whoever holds anything of these. */
  readonly held: PlanInput['withdrawn'];
  readonly plan: Pick<Plan, 'alarms' | 'outdated'>;
}

export const tellWithdrawn = async (flow: Flow, told: Told): Promise<void> => {
  await keepInMind(flow, told);
  for (const [image, rows] of grouped(told.plan.alarms, (row) => row.image)) {
    const arches = [...new Set(rows.map(({ arch }) => arch))].sort(byText);
    const references = [...new Set(rows.flatMap((row) => row.references))].sort(byText);
    const packages = [...new Set(rows.map(nevraOf))].sort(byText);
    flow.log.error({ image, arches, packages, references }, 'an image holds what was withdrawn');
  }
};

const nevraOf = ({ rpm }: Withdrawn): string => `${rpm.name}-${formatEvr(rpm)}.${rpm.arch}`;

const nvrOf = ({ name, version, release }: Omit<Withdrawal, 'references' | 'nomination' | 'taggedAgain'>) =>
  `${name}-${version}-${release}`;

const buildOf = ({ rpm, build }: Withdrawn): string => nvrOf({ name: rpm.sourceName, ...build });

/**
 * In place of what was known of the same builds. What nobody holds is kept while an image may come to hold it: where
 * repositories list it, or something is being built; what is to be had again is forgotten.
 */
const keepInMind = async (
  flow: Flow,
  { distroRelease, withdrawals, held = [], plan }: Told,
): Promise<void> => {
  await sql`
    delete from withdrawal where distro_release = ${distroRelease}
      and concat_ws('-', source, version, release) = any(${withdrawals.map(nvrOf)}::text[])`.execute(flow.tx);
  const holders = new Set(held.map(buildOf));
  const listed = grouped(plan.outdated, buildOf);
  const onOffer = await listedAmong(flow, distroRelease, withdrawals);
  const isBuilding = await buildsUnderWay(flow, distroRelease);
  const mayMatter = (nvr: string) => holders.has(nvr) || onOffer.has(nvr) || isBuilding;
  const kept = withdrawals.filter((each) => !each.taggedAgain && mayMatter(nvrOf(each)));
  await insertRows(
    flow.tx,
    'withdrawal',
    kept.map((each) => ({
      distro_release: distroRelease,
      source: each.name,
      version: each.version,
      release: each.release,
      reference: each.references.join(', '),
      nomination: each.nomination,
      listed_arches: [...new Set((listed.get(nvrOf(each)) ?? []).map(({ arch }) => arch))].sort(byText),
      at: flow.now,
    })),
  );
};

/** Begun before this plan. */
const buildsUnderWay = async (flow: Flow, distroRelease: string): Promise<boolean> => {
  const build = await flow.tx
    .selectFrom('build')
    .select('id')
    .where('distro_release', '=', distroRelease)
    .where('state', 'in', ['planned', 'building'])
    .where('created_at', '<', flow.now)
    .limit(1)
    .executeTakeFirst();
  return build !== undefined;
};
