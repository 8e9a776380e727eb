/** A rebuild is a report: it is finished when all its builds have ended, and its outcome is counted per arch build. */
import { RebuildFinished } from '../../../schemas/events/planning.ts';
import { DistroReleaseName, ImageName } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { moveRebuild, type Rebuild } from '../move.ts';
import { scheduleOf } from './rebuild-schedule.ts';

/** Looks at the rebuilds that a build belongs to. */
export const considerRebuildEnd = async (flow: Flow, build: number): Promise<void> => {
  const causes = await flow.tx
    .selectFrom('build_cause')
    .select('rebuild')
    .where('build', '=', build)
    .orderBy('rebuild')
    .execute();
  for (const { rebuild } of causes) await considerRebuild(flow, rebuild);
};

const considerRebuild = async (flow: Flow, id: number): Promise<void> => {
  // The lock makes the last of two builds that end at once see the other's end.
  const rebuild = await flow.tx
    .selectFrom('rebuild')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (rebuild.state !== 'planned' && rebuild.state !== 'running') return;
  const open = await flow.tx
    .selectFrom('build_cause')
    .innerJoin('build', 'build.id', 'build_cause.build')
    .select('build.id')
    .where('build_cause.rebuild', '=', id)
    .where('build.ended_at', 'is', null)
    .orderBy('build_cause.build', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (open !== undefined) return;
  await finishRebuild(flow, rebuild, 'all its builds have ended');
};

/** Counts how its arch builds ended and says so. */
export const finishRebuild = async (flow: Flow, rebuild: Rebuild, reason: string): Promise<void> => {
  const counts = await flow.tx
    .selectFrom('build_cause')
    .innerJoin('arch_build', 'arch_build.build', 'build_cause.build')
    .select(({ fn }) => ['arch_build.state', fn.countAll<number>().as('count')])
    .where('build_cause.rebuild', '=', rebuild.id)
    .groupBy('arch_build.state')
    .orderBy('arch_build.state')
    .execute();
  const schedule = await scheduleOf(flow, rebuild);
  const moved = await moveRebuild(flow, rebuild, 'finished', reason, {
    finished_at: flow.now,
    schedule: schedule === undefined ? null : JSON.stringify(schedule),
  });
  if (!moved) return;
  const images = await flow.tx
    .selectFrom('build_cause')
    .innerJoin('build', 'build.id', 'build_cause.build')
    .select('build.image')
    .distinct()
    .where('build_cause.rebuild', '=', rebuild.id)
    .orderBy('build.image')
    .limit(200)
    .execute();
  await flow.say(RebuildFinished, {
    schemaVersion: 1,
    aggregate: { kind: 'rebuild', id: String(moved.id), seq: moved.seq },
    rebuild: moved.id,
    distroRelease: DistroReleaseName.parse(moved.distro_release),
    outcome: Object.fromEntries(counts.map(({ state, count }) => [state, Number(count)])),
    ...(schedule === undefined ? {} : { schedule }),
    images: images.map(({ image }) => ImageName.parse(image)),
  });
};

/** The first arch build that goes to a worker sets its rebuilds running. */
export const startRebuilds = async (flow: Flow, build: number): Promise<void> => {
  const planned = await flow.tx
    .selectFrom('build_cause')
    .innerJoin('rebuild', 'rebuild.id', 'build_cause.rebuild')
    .selectAll('rebuild')
    .where('build_cause.build', '=', build)
    .where('rebuild.state', '=', 'planned')
    .orderBy('rebuild.id')
    .forUpdate('rebuild')
    .execute();
  for (const rebuild of planned)
    await moveRebuild(flow, rebuild, 'running', 'its first arch build goes to a worker');
};
