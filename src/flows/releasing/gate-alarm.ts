/** The alarm that CI keeps a candidate waiting for longer than its policy allows. */
import { GateOverdue, type Requirement } from '../../../schemas/events/releasing.ts';
import { ImageName, IndexDigest, Nvr } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { type Build, lockBuildByNvr } from '../move.ts';

/** Key: an NVR. */
export const gateAlarmTimer = 'gate-alarm';

/** States in which somebody may still be waited for. */
const waits: readonly Build['state'][] = ['candidate', 'testing', 'held'];

/** Sets the clock for the next requirement that is late from `since` on; clears it where none can be. */
export const setGateAlarm = (
  flow: Flow,
  nvr: string,
  requirements: readonly Requirement[],
  since: Date,
): Promise<void> => {
  const times = requirements.flatMap(({ alarmAt }) => (alarmAt === undefined ? [] : Date.parse(alarmAt)));
  const next = Math.min(...times.filter((time) => time > since.getTime()));
  return Number.isFinite(next)
    ? flow.timer({ kind: gateAlarmTimer, key: nvr, due: new Date(next) })
    : flow.cancelTimer(gateAlarmTimer, nvr);
};

/** Called by the clock: each requirement is told of once when it becomes late, with all others that are. */
export const tellGateOverdue = async (flow: Flow, nvr: string): Promise<void> => {
  const build = await lockBuildByNvr(flow, nvr);
  if (build === undefined || build.index_digest === null || !waits.includes(build.state)) return;
  const decision = await flow.tx
    .selectFrom('decision')
    .select(['id', 'state', 'requirements'])
    .where('build', '=', build.id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (decision?.state !== 'waiting') return;
  await setGateAlarm(flow, nvr, decision.requirements, flow.now);
  const late = decision.requirements.filter(
    ({ alarmAt }) => alarmAt !== undefined && Date.parse(alarmAt) <= flow.now.getTime(),
  );
  if (late.length === 0) return;
  flow.log.warn(
    { nvr, late: late.map(({ testCase, arch }) => `${testCase} ${arch ?? ''}`.trim()) },
    'CI is late',
  );
  await flow.say(GateOverdue, {
    schemaVersion: 1,
    aggregate: { kind: 'decision', id: String(build.id), seq: decision.id },
    decision: decision.id,
    nvr: Nvr.parse(build.nvr),
    image: ImageName.parse(build.image),
    indexDigest: IndexDigest.parse(build.index_digest),
    requirements: late.slice(0, 200),
  });
};
