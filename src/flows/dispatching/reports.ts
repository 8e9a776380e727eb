/** Workers' reports become facts: the dispatcher's half of the conversation. */
import type { Report } from '../../../schemas/commands/run.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { failArchBuild, finishArchBuild } from '../ending/arch-build-ends.ts';
import { considerBuildEnd } from '../ending/build-ends.ts';
import { endSmokeTest } from '../releasing/smoke-tests.ts';
import type { Settings } from '../settings.ts';
import { recordDuration } from './durations.ts';
import { endRun } from './end-run.ts';
import { giveBackRun, liveRun, startRun } from './runs.ts';

export const report = async (flow: Flow, settings: Settings, said: Report): Promise<void> => {
  switch (said.kind) {
    case 'started':
      return startRun(flow, said.run);
    case 'refused':
      return giveBackRun(flow, said.run, 'refused', `worker ${said.worker} refused: ${said.reason}`);
    case 'built':
      return built(flow, settings, said);
    case 'tested':
      return tested(flow, settings, said);
    case 'failed':
      return failed(flow, settings, said);
  }
};

const built = async (
  flow: Flow,
  settings: Settings,
  said: Extract<Report, { kind: 'built' }>,
): Promise<void> => {
  // `finished` can overtake `started`: the relay and the broker promise no order.
  await startRun(flow, said.run);
  const live = await liveRun(flow, said.run);
  if (live?.kind !== 'build') return;
  await endRun(flow, live.run, 'finished', said.outcome, said.log);
  await flow.tx
    .updateTable('run')
    .set({ toolchain: JSON.stringify(said.toolchain) })
    .where('id', '=', said.run)
    .execute();
  if (said.outcome === 'succeeded') await recordDuration(flow, live.run, live.archBuild.image);
  await finishArchBuild(live.own, settings, live.archBuild, live.nvr, said);
  await considerBuildEnd(live.own, settings, live.archBuild.build);
};

const tested = async (
  flow: Flow,
  settings: Settings,
  said: Extract<Report, { kind: 'tested' }>,
): Promise<void> => {
  const live = await liveRun(flow, said.run);
  if (live?.kind !== 'test') return;
  await endRun(flow, live.run, 'finished', said.result, said.log);
  const { result, output, run, log } = said;
  await endSmokeTest(live.own, settings, live.smokeTest, { result, output, run, log });
};

const failed = async (
  flow: Flow,
  settings: Settings,
  said: Extract<Report, { kind: 'failed' }>,
): Promise<void> => {
  const live = await liveRun(flow, said.run);
  if (live === undefined) return;
  await endRun(flow, live.run, 'failed', `${said.failureClass}: ${said.error}`, said.log);
  if (live.kind === 'test') {
    await endSmokeTest(live.own, settings, live.smokeTest, {
      result: 'error',
      output: said.error,
      run: said.run,
    });
    return;
  }
  const { failureClass, error, run, log } = said;
  await failArchBuild(live.own, settings, live.archBuild, live.nvr, { failureClass, error, run, log });
};
