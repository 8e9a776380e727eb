/** Ends a build before its release: cancelled or superseded, with its runs and everything that stands upon it. */
import type { Flow } from '../../runtime/consumer.ts';
import { refreshBaseline } from '../baseline.ts';
import { endRun } from '../dispatching/end-run.ts';
import { cancelRun } from '../dispatching/workers.ts';
import { type Build, lockArchBuilds, lockBuild, moveArchBuild, moveBuild } from '../move.ts';
import { releaseBuildChildren } from '../planning/build-parents.ts';
import type { Settings } from '../settings.ts';
import { afterBuildEnds, ended } from './build-ends.ts';

/** Ends a build that is under way, its arch builds and what stands upon it. @returns all builds that it ended. */
export const endBuild = async (
  flow: Flow,
  settings: Settings,
  build: Build,
  to: 'superseded' | 'cancelled',
  reason: string,
): Promise<readonly Build[]> => {
  const archBuilds = await lockArchBuilds(flow, build.id);
  for (const archBuild of archBuilds) {
    if (ended.includes(archBuild.state) && archBuild.state !== 'parent_failed') continue;
    if (archBuild.run !== null) await stopRun(flow, archBuild.run, reason);
    await moveArchBuild(flow, archBuild, to, reason, { run: null, ended_at: flow.now });
  }
  await releaseBuildChildren(
    flow,
    archBuilds.filter(({ ended_at }) => ended_at === null),
  );
  await endSmokeTests(flow, build, reason);
  const moved = await moveBuild(flow, build, to, reason, { ended_at: flow.now });
  if (!moved) return [];
  // A candidate was the baseline until now.
  await refreshBaseline(flow, moved.image);
  const superseded = await supersedeDependants(flow, settings, moved, `${moved.nvr} is ${to}`);
  await afterBuildEnds(flow, moved);
  return [moved, ...superseded];
};

/**
 * A build that will never be released takes along what cannot be released without it: the builds made upon it, and
 * those that carry one of its arches forward. @returns all builds that it ended.
 */
export const supersedeDependants = async (
  flow: Flow,
  settings: Settings,
  build: Build,
  reason: string,
): Promise<readonly Build[]> => {
  const dependants = await flow.tx
    .selectFrom('build')
    .select('id')
    .where('ended_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('parent_build', '=', build.id),
        eb(
          'id',
          'in',
          eb.selectFrom('index_entry').select('index_entry.build').where('carried_from', '=', build.nvr),
        ),
      ]),
    )
    .orderBy('id')
    .execute();
  const superseded: Build[] = [];
  for (const { id } of dependants) {
    const dependant = await lockBuild(flow, id);
    if (dependant === undefined || dependant.ended_at !== null) continue;
    superseded.push(...(await endBuild(flow, settings, dependant, 'superseded', reason)));
  }
  return superseded;
};

const endSmokeTests = async (flow: Flow, build: Build, reason: string): Promise<void> => {
  const tests = await flow.tx
    .selectFrom('smoke_test')
    .select(['id', 'run'])
    .where('build', '=', build.id)
    .where('ended_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
  for (const test of tests) {
    if (test.run !== null) await stopRun(flow, test.run, reason);
    await flow.tx
      .updateTable('smoke_test')
      .set((eb) => ({ state: 'cancelled', ended_at: flow.now, run: null, seq: eb('seq', '+', 1) }))
      .where('id', '=', test.id)
      .execute();
  }
};

/** What its worker says of it from now on does not count. */
const stopRun = async (flow: Flow, id: string, reason: string): Promise<void> => {
  const run = await flow.tx
    .selectFrom('run')
    .selectAll()
    .where('id', '=', id)
    .where('state', 'in', ['requested', 'running'])
    .forUpdate()
    .executeTakeFirst();
  if (run === undefined) return;
  await endRun(flow, run, 'cancelled', reason);
  const worker = await flow.tx
    .selectFrom('worker')
    .select('queue')
    .where('name', '=', run.worker)
    .executeTakeFirst();
  if (worker !== undefined) await cancelRun(flow, worker.queue, id, reason);
};
