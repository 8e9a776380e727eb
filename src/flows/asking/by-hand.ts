/** What a person asks for: a build, a cancellation, another look at the definitions. */

import type { Arch } from '../../../schemas/ids.ts';
import { ImageName } from '../../../schemas/ids.ts';
import { describeWhatIsPaused } from '../../planning/paused.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { wantDefinitions } from '../defining/definitions.ts';
import { existingImage } from '../defining/in-force.ts';
import { endBuild } from '../ending/end-build.ts';
import { tryInfrastructureAgain } from '../ending/failed-on-infrastructure.ts';
import { type Build, lockBuild, moveRebuild } from '../move.ts';
import { nominate } from '../nominating/nominate.ts';
import { nominateAgain } from '../nominating/nominate-again.ts';
import { reconcile } from '../nominating/reconcile.ts';
import { pauseOfEverything, refuseWherePaused } from '../pausing/in-force.ts';
import { Refused } from '../refused.ts';
import type { Settings } from '../settings.ts';
import { type Did, existing } from './did.ts';

/** Nominates an image, at once; for all of its arches unless some are named. */
export const buildByHand = async (flow: Flow, image: string, arches?: readonly Arch[]): Promise<Did> => {
  const definition = await existingImage(flow, image);
  if (definition.recipe.kind === 'adopted') {
    throw new Refused(
      'conflict',
      `${image} was adopted from ${definition.recipe.from}: flibs does not know how it is built`,
      'a folder of that name among the definitions tells it',
    );
  }
  const strange = arches?.filter((arch) => !definition.arches.includes(arch)) ?? [];
  if (strange.length > 0) {
    throw new Refused(
      'conflict',
      `${image} is not defined for ${strange.join(', ')}`,
      `it is for ${definition.arches.join(', ')}`,
    );
  }
  await refuseWherePaused(flow, image);
  const nomination = await nominate(flow, {
    kind: 'manual',
    distroRelease: definition.distroRelease,
    images: [ImageName.parse(image)],
    ...(arches === undefined ? {} : { arches: [...arches] }),
    severity: 'none',
    reference: `by hand, ${flow.now.toISOString()}`,
  });
  const everything = await pauseOfEverything(flow);
  const next =
    everything === undefined
      ? '`flibs rebuilds watch` shows what becomes of it'
      : `nothing starts by now: ${describeWhatIsPaused(everything)}`;
  return { did: `${image} is nominated; ${next}`, nomination };
};

/** Ends a build that is under way, and what was made upon it: that is planned again for what is its own. */
export const cancelBuild = async (flow: Flow, settings: Settings, nvr: string): Promise<Did> => {
  const build = await existing(flow, nvr);
  if (build.ended_at !== null || build.state === 'releasing') {
    throw new Refused(
      'conflict',
      `${nvr} is ${build.state}`,
      'only a build that is under way can be cancelled',
    );
  }
  const [, ...dependants] = await endBuild(flow, settings, build, 'cancelled', 'a person cancelled it');
  await nominateAgain(flow, build, dependants, 'cancelled');
  return { did: `${nvr} is cancelled`, nvr };
};

/** Ends a rebuild and every build that only it asked for; what others asked for, and these take along, is planned again. */
export const cancelRebuild = async (flow: Flow, settings: Settings, id: number): Promise<Did> => {
  const rebuild = await flow.tx
    .selectFrom('rebuild')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (rebuild === undefined)
    throw new Refused('not-found', `there is no rebuild ${id}`, '`flibs rebuilds` lists them');
  if (rebuild.state === 'finished' || rebuild.state === 'cancelled') {
    throw new Refused('conflict', `rebuild ${id} is ${rebuild.state}`);
  }
  // First of all: it must not count as finished when the last of its builds ends below.
  await moveRebuild(flow, rebuild, 'cancelled', 'a person cancelled it', { finished_at: flow.now });
  const dropped = await dropTargets(flow, id);
  for await (const build of buildsOfOnly(flow, id)) {
    const reason = `a person cancelled rebuild ${id}`;
    const [, ...dependants] = await endBuild(flow, settings, build, 'cancelled', reason);
    await nominateAgain(flow, build, await ofOthersToo(flow, id, dependants), 'cancelled');
  }
  const did = `rebuild ${id} is cancelled`;
  if (dropped.length === 0) return { did, rebuild: id };
  return {
    did: `${did} before it was planned, and with it: ${dropped.join('; ')}. Where that leaves images that lack what is on offer, \`flibs reconcile\` nominates them again, as flibs itself does by and by; \`flibs pause\` keeps them as they are`,
    rebuild: id,
  };
};

/** What was nominated into a rebuild that is not planned yet: nobody will have looked at it. @returns references */
const dropTargets = async (flow: Flow, rebuild: number): Promise<readonly string[]> => {
  const rows = await flow.tx
    .updateTable('nomination_target')
    .from('nomination')
    .set({ closed_at: flow.now, seen: 'dropped' })
    .whereRef('nomination.id', '=', 'nomination_target.nomination')
    .where('rebuild', '=', rebuild)
    .where('closed_at', 'is', null)
    .returning('nomination.reference')
    .execute();
  return [...new Set(rows.map(({ reference }) => reference))].sort();
};

/** Builds of no other rebuild that can still be ended, parents before what is made upon them. */
async function* buildsOfOnly(flow: Flow, rebuild: number): AsyncGenerator<Build> {
  const rows = await flow.tx
    .selectFrom('build_cause')
    .select('build')
    .where('rebuild', '=', rebuild)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('build_cause as other')
            .select('other.build')
            .whereRef('other.build', '=', 'build_cause.build')
            .where('other.rebuild', '!=', rebuild),
        ),
      ),
    )
    .orderBy('build')
    .execute();
  for (const row of rows) {
    const build = await lockBuild(flow, row.build);
    if (build !== undefined && build.ended_at === null && build.state !== 'releasing') yield build;
  }
}

const ofOthersToo = async (
  flow: Flow,
  rebuild: number,
  builds: readonly Build[],
): Promise<readonly Build[]> => {
  if (builds.length === 0) return [];
  const rows = await flow.tx
    .selectFrom('build_cause')
    .select('build')
    .where(
      'build',
      'in',
      builds.map(({ id }) => id),
    )
    .where('rebuild', '!=', rebuild)
    .execute();
  return builds.filter(({ id }) => rows.some(({ build }) => build === id));
};

/** Another look at the definitions, now. */
export const reloadDefinitions = async (flow: Flow): Promise<Did> => {
  await wantDefinitions(flow);
  return { did: 'the definitions are looked at' };
};

/** Another search for what no message told, now. @param dryRun - true: it is only told */
export const reconcileByHand = async (flow: Flow, settings: Settings, dryRun: boolean): Promise<Did> => {
  const overlooked = await reconcile(flow, dryRun);
  const failed = await tryInfrastructureAgain(flow, settings, dryRun);
  const found = overlooked.flatMap(({ distroRelease, sources, images, bases, withdrawn }) => [
    ...(sources.length > 0 ? [`${distroRelease}: newer on offer: ${sources.join(', ')}`] : []),
    ...(bases.length > 0 ? [`${distroRelease}: bases that moved: ${bases.join(', ')}`] : []),
    ...(images.length > 0 ? [`${distroRelease}: to be built: ${images.join(', ')}`] : []),
    ...(withdrawn.length > 0
      ? [`${distroRelease}: withdrawn, and listed no more: ${withdrawn.join(', ')}`]
      : []),
  ]);
  const not = dryRun ? 'not ' : '';
  const told = [
    ...(found.length === 0 ? [] : [`${found.join('; ')} (${not}nominated)`]),
    ...(failed.length === 0 ? [] : [`failed on infrastructure: ${failed.join(', ')} (${not}tried again)`]),
  ];
  return { did: told.length === 0 ? 'nothing was overlooked' : told.join('; ') };
};
