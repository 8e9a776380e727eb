/** Causes of builds that another took along when it ended: what is their own is looked at again, against the baseline. */
import type { ModuleLabel } from '../../../schemas/content.ts';
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
import { moduleNomination, nominate, nominateNames, nominateWithdrawn } from './nominate.ts';

/**
 * Sources that the ended build was made for itself are left out: they would only make it once more. What it was built
 * upon may have been rebuilt before, and what it took along never stood on that: this follows now. Without a baseline of
 * it there is nothing to build upon, so its dependants wait for a new source of it.
 *
 * @param because - what became of it, `rejected`
 */
export const nominateAgain = async (
  flow: Flow,
  ended: Build,
  superseded: readonly Build[],
  because: string,
): Promise<void> => {
  if (superseded.length === 0 || (await baselineOf(flow, ended.image)) === undefined) return;
  const tried = sourcesOf(await reasonsOf(flow, [ended]));
  const all: Reason[] = [];
  const sources = new Set<string>();
  const modules = new Set<ModuleLabel>();
  const changed: ImageName[] = [];
  const byHand: ImageName[] = [];
  for (const build of superseded) {
    const reasons = await reasonsOf(flow, [build]);
    all.push(...reasons);
    for (const source of updatedSourcesOf(reasons)) if (!tried.has(source)) sources.add(source);
    for (const label of modulesOf(reasons)) modules.add(label);
    const kinds = new Set(reasons.map(({ kind }) => kind));
    const image = ImageName.parse(build.image);
    if (kinds.has('by-hand')) byHand.push(image);
    else if (kinds.has('source-changed') || kinds.has('never-built')) changed.push(image);
  }
  const common = {
    distroRelease: ended.definition.distroRelease,
    severity: ended.severity,
    reference: `${ended.nvr} was ${because}`,
  };
  await nominateNames(flow, common, sources, ended.id);
  await nominateWithdrawn(flow, common, withdrawnOf(all), ended.id);
  for (const label of [...modules].sort())
    await nominate(flow, { ...moduleNomination(label), ...common }, ended.id);
  const behind = await behindParents(
    flow,
    superseded.map(({ image }) => image),
  );
  if (behind.length > 0) await nominate(flow, { kind: 'parents', ...common, images: [...behind] }, ended.id);
  if (changed.length > 0) await nominate(flow, { kind: 'sources', ...common, images: changed }, ended.id);
  if (byHand.length > 0) await nominate(flow, { kind: 'manual', ...common, images: byHand }, ended.id);
};

const reasonsOf = async (flow: Flow, builds: readonly Build[]): Promise<readonly Reason[]> => {
  const rows = await flow.tx
    .selectFrom('arch_build')
    .select('reasons')
    .where(
      'build',
      'in',
      builds.map(({ id }) => id),
    )
    .orderBy('id')
    .execute();
  return rows.flatMap(({ reasons }) => Reasons.parse(reasons));
};
