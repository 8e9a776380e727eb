/** Causes of builds that another took along when it ended: what is their own is looked at again, against the baseline. */
import { sql } from 'kysely';
import { ImageName } from '../../../schemas/ids.ts';
import {
  modulesOf,
  type Reason,
  Reasons,
  sourcesOf,
  updatedSourcesOf,
  withdrawnOf,
} from '../../planning/reason.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { baselineOf } from '../baseline.ts';
import type { Build } from '../move.ts';
import { behindParents } from './behind-parents.ts';
import { ledBy, targetsOf } from './led-by.ts';
import { moduleNomination, nominate, nominateNames, nominateWithdrawn } from './nominate.ts';

/**
 * Sources that the ended build was made for itself are left out: they would only make it once more. What it was built
 * upon may have been rebuilt before, and what it took along never stood on that: this follows now. Without a baseline of
 * it there is nothing to build upon, so its dependants wait for a new source of it.
 *
 * @param because - what became of it, `rejected`
 */
export const nominateAgain = async (
  now: Flow,
  ended: Build,
  superseded: readonly Build[],
  because: string,
): Promise<void> => {
  if (superseded.length === 0 || (await baselineOf(now, ended.image)) === undefined) return;
  const tried = sourcesOf((await plannedFor(now, [ended])).flatMap(({ reasons }) => reasons));
  const planned = await plannedFor(now, superseded);
  const all = planned.flatMap(({ reasons }) => reasons);
  const flow = await ledBy(now, {
    rebuilds: planned.flatMap(({ rebuilds }) => rebuilds),
    targets: planned.flatMap(({ image, reasons }) => [image, ...targetsOf(reasons)]),
  });
  const common = {
    distroRelease: ended.definition.distroRelease,
    severity: ended.severity,
    reference: `${ended.nvr} was ${because}`,
  };
  const sources = [...updatedSourcesOf(all)].filter((source) => !tried.has(source));
  await nominateNames(flow, common, sources);
  await nominateWithdrawn(flow, common, withdrawnOf(all));
  for (const label of modulesOf(all)) await nominate(flow, { ...moduleNomination(label), ...common });
  const images = (kind: 'parents' | 'sources' | 'manual', some: readonly ImageName[]) =>
    some.length === 0 ? undefined : nominate(flow, { kind, ...common, images: [...some] });
  await images(
    'parents',
    await behindParents(
      flow,
      superseded.map(({ image }) => image),
    ),
  );
  const byHand = having(planned, 'by-hand');
  const changed = having(planned, 'source-changed', 'never-built').filter((image) => !byHand.includes(image));
  await images('sources', changed);
  await images('manual', byHand);
};

interface Planned {
  readonly image: ImageName;
  readonly reasons: readonly Reason[];
  readonly rebuilds: readonly number[];
}

const having = (planned: readonly Planned[], ...kinds: readonly Reason['kind'][]): readonly ImageName[] => [
  ...new Set(
    planned
      .filter(({ reasons }) => reasons.some(({ kind }) => kinds.includes(kind)))
      .map(({ image }) => image),
  ),
];

/** What each arch of these builds was planned for, and in which rebuilds. */
const plannedFor = async ({ tx }: Flow, builds: readonly Build[]): Promise<readonly Planned[]> => {
  const { rows } = await sql<{ image: string; reasons: unknown; rebuilds: number[] }>`
    select image, reasons, array(select rebuild from build_cause where build_cause.build = arch_build.build) as rebuilds
    from arch_build where build = any(${builds.map(({ id }) => id)}::bigint[]) order by id`.execute(tx);
  return rows.map(({ image, reasons, rebuilds }) => ({
    image: ImageName.parse(image),
    reasons: Reasons.parse(reasons),
    rebuilds,
  }));
};
