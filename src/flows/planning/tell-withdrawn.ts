/** What a plan makes of withdrawn builds: images that go on to hold them are told of, and the builds kept in mind. */
import { sql } from 'kysely';
import { byText } from '../../../schemas/by-text.ts';
import { grouped } from '../../planning/grouped.ts';
import type { Plan, PlanInput, Withdrawn } from '../../planning/plan-types.ts';
import { formatEvr } from '../../rpm/evr.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { insertRows } from '../../store/insert-rows.ts';
import type { Withdrawal } from './withdrawals.ts';

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

/** In place of what was known of the same builds. What nobody holds, or is to be had again, is forgotten. */
const keepInMind = async (
  flow: Flow,
  { distroRelease, withdrawals, held = [], plan }: Told,
): Promise<void> => {
  await sql`
    delete from withdrawal where distro_release = ${distroRelease}
      and concat_ws('-', source, version, release) = any(${withdrawals.map(nvrOf)}::text[])`.execute(flow.tx);
  const holders = new Set(held.map(buildOf));
  const listed = grouped(plan.outdated, buildOf);
  const kept = withdrawals.filter((each) => !each.taggedAgain && holders.has(nvrOf(each)));
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
