/** What becomes of a run: started, refused, lost. The fence is its id: what another run says is recorded and ignored. */
import { ArchBuildStarted } from '../../../schemas/events/building.ts';
import { TestRunning } from '../../../schemas/events/releasing.ts';
import { ImageName, Nvr, RunId } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { flowOf } from '../begun.ts';
import { failArchBuild } from '../ending/arch-build-ends.ts';
import { type ArchBuild, moveArchBuild, recordTransition } from '../move.ts';
import { endSmokeTest, type SmokeTest } from '../releasing/smoke-tests.ts';
import type { Settings } from '../settings.ts';
import { endRun, type Run } from './end-run.ts';

/** What a live run works on, all rows locked. `own` is the flow that speaks of that work. */
export type Live =
  | {
      readonly own: Flow;
      readonly run: Run;
      readonly kind: 'build';
      readonly archBuild: ArchBuild;
      readonly nvr: string;
    }
  | {
      readonly own: Flow;
      readonly run: Run;
      readonly kind: 'test';
      readonly smokeTest: SmokeTest;
      readonly nvr: string;
      readonly image: string;
    };

/** The run and its work, if the run still holds; undefined (and a line in the log) if it does not. */
export const liveRun = async (flow: Flow, id: string): Promise<Live | undefined> => {
  const run = await flow.tx.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirst();
  const live = run === undefined ? undefined : await lockWork(flow, run);
  if (live === undefined) flow.log.warn({ run: id }, 'ignored: this run does not hold any more');
  return live;
};

const lockWork = async (flow: Flow, run: Run): Promise<Live | undefined> => {
  // Order of locks: build, then arch build or smoke test, then run.
  const work =
    run.arch_build === null
      ? await flow.tx
          .selectFrom('smoke_test')
          .select('build')
          .where('id', '=', run.smoke_test)
          .executeTakeFirstOrThrow()
      : await flow.tx
          .selectFrom('arch_build')
          .select('build')
          .where('id', '=', run.arch_build)
          .executeTakeFirstOrThrow();
  const build = await flow.tx
    .selectFrom('build')
    .select(['nvr', 'image'])
    .where('id', '=', work.build)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (run.arch_build !== null) {
    const archBuild = await flow.tx
      .selectFrom('arch_build')
      .selectAll()
      .where('id', '=', run.arch_build)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const live = archBuild.run === run.id ? await lockLive(flow, run.id) : undefined;
    if (live === undefined) return undefined;
    return { own: flowOf(flow, archBuild), run: live, kind: 'build', archBuild, nvr: build.nvr };
  }
  const smokeTest = await flow.tx
    .selectFrom('smoke_test')
    .selectAll()
    .where('id', '=', run.smoke_test)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const live = smokeTest.run === run.id ? await lockLive(flow, run.id) : undefined;
  if (live === undefined) return undefined;
  const { nvr, image } = build;
  return { own: flowOf(flow, smokeTest), run: live, kind: 'test', smokeTest, nvr, image };
};

/** Read again under its lock: another message may have moved it on meanwhile. */
const lockLive = (flow: Flow, id: string): Promise<Run | undefined> =>
  flow.tx
    .selectFrom('run')
    .selectAll()
    .where('id', '=', id)
    .where('state', 'in', ['requested', 'running'])
    .forUpdate()
    .executeTakeFirst();

/** A worker has begun: `requested` becomes `running`. Said twice it counts once. */
export const startRun = async (flow: Flow, id: string): Promise<void> => {
  const live = await liveRun(flow, id);
  if (live === undefined || live.run.state === 'running') return;
  const begins = { kind: 'run', id: 0, subject: id, from: live.run.state, to: 'running' } as const;
  await recordTransition(flow, { ...begins, reason: `worker ${live.run.worker} has begun` });
  await flow.tx
    .updateTable('run')
    .set({ state: 'running', started_at: flow.now })
    .where('id', '=', id)
    .execute();
  const run = RunId.parse(id);
  if (live.kind === 'build') {
    const moved = await moveArchBuild(flow, live.archBuild, 'running', `worker ${live.run.worker} has begun`);
    if (!moved) return;
    await live.own.say(ArchBuildStarted, {
      schemaVersion: 1,
      aggregate: { kind: 'archbuild', id: String(moved.id), seq: moved.seq },
      nvr: Nvr.parse(live.nvr),
      image: ImageName.parse(moved.image),
      arch: moved.arch,
      run,
      worker: live.run.worker,
    });
    return;
  }
  const { seq } = await flow.tx
    .updateTable('smoke_test')
    .set((eb) => ({ state: 'running', seq: eb('seq', '+', 1) }))
    .where('id', '=', live.smokeTest.id)
    .returning('seq')
    .executeTakeFirstOrThrow();
  await live.own.say(TestRunning, {
    schemaVersion: 1,
    aggregate: { kind: 'run', id, seq },
    nvr: Nvr.parse(live.nvr),
    image: ImageName.parse(live.image),
    arch: live.smokeTest.arch,
    testCase: live.smokeTest.test_case,
    run,
  });
};

/** The command did not reach a worker, or the worker had no slot: ready again, and no attempt. */
export const giveBackRun = async (
  flow: Flow,
  id: string,
  state: 'refused' | 'returned',
  reason: string,
): Promise<void> => {
  const live = await liveRun(flow, id);
  if (live === undefined) return;
  await endRun(flow, live.run, live.run.state === 'running' ? 'returned' : state, reason);
  if (state === 'returned') await missWorker(flow, live.run.worker);
  if (live.kind === 'build') {
    await moveArchBuild(flow, live.archBuild, 'ready', reason, {
      run: null,
      ready_at: live.archBuild.ready_at,
    });
  } else {
    await flow.tx
      .updateTable('smoke_test')
      .set((eb) => ({ state: 'queued', run: null, seq: eb('seq', '+', 1) }))
      .where('id', '=', live.smokeTest.id)
      .execute();
  }
};

/** Its queue is gone: it gets nothing until it announces itself again. */
const missWorker = async (flow: Flow, name: string): Promise<void> => {
  await flow.tx
    .updateTable('worker')
    .set({ announced_at: new Date(0) })
    .where('name', '=', name)
    .execute();
};

/** A run that nobody renews: an infrastructure failure. */
export const loseRun = async (flow: Flow, settings: Settings, id: string, reason: string): Promise<void> => {
  const live = await liveRun(flow, id);
  if (live === undefined) return;
  await endRun(flow, live.run, 'expired', reason);
  if (live.kind === 'build') {
    await failArchBuild(live.own, settings, live.archBuild, live.nvr, {
      failureClass: 'infrastructure',
      error: reason,
      run: id,
    });
  } else {
    await endSmokeTest(live.own, settings, live.smokeTest, { result: 'error', output: reason, run: id });
  }
};
