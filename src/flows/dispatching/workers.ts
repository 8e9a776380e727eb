/** Workers as they announce themselves, and the leases of what they have in hand. Only database time counts. */
import type { Announcement } from '../../../schemas/commands/run.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { Settings } from '../settings.ts';
import { loseRun } from './runs.ts';

export const leaseTimer = 'leases';

const seconds = (count: number): number => count * 1000;

/** Writes a worker's announcement down and renews the leases of its runs; tells it of those that are not its any more. */
export const announce = async (flow: Flow, settings: Settings, announcement: Announcement): Promise<void> => {
  await hear(flow, settings);
  const before = await flow.tx
    .selectFrom('worker')
    .select('incarnation')
    .where('name', '=', announcement.worker)
    .executeTakeFirst();
  // UUIDv7 sorts by time: what a former process of the worker said may be heard late.
  if (before !== undefined && announcement.incarnation < before.incarnation) return;
  // Before the worker's own row is locked: builds come first in the order of locks.
  if (before !== undefined && before.incarnation !== announcement.incarnation) {
    await loseFormerRuns(flow, settings, announcement);
  }
  const row = {
    incarnation: announcement.incarnation,
    queue: announcement.queue,
    arches: announcement.arches,
    labels: JSON.stringify(announcement.labels),
    slots: announcement.slots,
    toolchain: JSON.stringify(announcement.toolchain),
    announced_at: flow.now,
  };
  await flow.tx
    .insertInto('worker')
    .values({ name: announcement.worker, ...row })
    .onConflict((oc) => oc.column('name').doUpdateSet(row))
    .execute();
  await keepLeaseTimer(flow, settings);
  if (announcement.runs.length === 0) return;
  const renewed = await flow.tx
    .updateTable('run')
    .set({ lease_until: leaseFrom(flow, settings) })
    .where('id', 'in', announcement.runs)
    .where('worker', '=', announcement.worker)
    .where('state', 'in', ['requested', 'running'])
    .returning('id')
    .execute();
  const live = new Set(renewed.map((run) => run.id));
  for (const run of announcement.runs.filter((id) => !live.has(id))) {
    await cancelRun(flow, announcement.queue, run, 'the lease is lost');
  }
};

/** The worker began anew: nobody has what it had in hand before, so no lease need run out. */
const loseFormerRuns = async (flow: Flow, settings: Settings, announcement: Announcement): Promise<void> => {
  const live = await flow.tx
    .selectFrom('run')
    .select('id')
    .where('worker', '=', announcement.worker)
    .where('state', 'in', ['requested', 'running'])
    .orderBy('id')
    .execute();
  for (const { id } of live) {
    if (announcement.runs.some((run) => run === id)) continue;
    await loseRun(flow, settings, id, `worker ${announcement.worker} began anew`);
  }
};

/** Tells a worker to stop a run. If its queue is gone, so is the run. */
export const cancelRun = (flow: Flow, queue: string, run: string, reason: string): Promise<void> =>
  flow.command({
    queue,
    body: { schemaVersion: 1, kind: 'cancel', run, reason },
    onReturned: 'cancel-returned',
    key: run,
  });

export const leaseFrom = (flow: Flow, settings: Settings): Date =>
  new Date(flow.now.getTime() + seconds(settings.worker.lease));

/** Heartbeats are heard; after a silence the period in which no lease is judged begins anew. */
const hear = async (flow: Flow, settings: Settings): Promise<void> => {
  const hearing = await flow.tx.selectFrom('hearing').selectAll().forUpdate().executeTakeFirst();
  const silent =
    hearing === undefined ||
    hearing.last.getTime() < flow.now.getTime() - 2 * seconds(settings.worker.heartbeat);
  const row = { since: silent ? flow.now : hearing.since, last: flow.now };
  await flow.tx
    .insertInto('hearing')
    .values(row)
    .onConflict((oc) => oc.column('one').doUpdateSet(row))
    .execute();
};

/** A dispatcher that comes up has heard nothing yet. */
export const startHearing = async (flow: Flow, settings: Settings): Promise<void> => {
  await flow.tx.updateTable('hearing').set({ since: flow.now, last: flow.now }).execute();
  await setLeaseTimer(flow, settings);
};

/** Sets it where a judgement that failed for good has left none. */
const keepLeaseTimer = async (flow: Flow, settings: Settings): Promise<void> => {
  const set = await flow.tx
    .selectFrom('timer')
    .select('key')
    .where('kind', '=', leaseTimer)
    .executeTakeFirst();
  if (set === undefined) await setLeaseTimer(flow, settings);
};

const setLeaseTimer = (flow: Flow, settings: Settings): Promise<void> =>
  flow.timer({
    kind: leaseTimer,
    key: 'all',
    due: new Date(flow.now.getTime() + seconds(settings.worker.heartbeat)),
  });

/** Ends the runs that nobody renews, once heartbeats have been heard for a whole lease. */
export const judgeLeases = async (flow: Flow, settings: Settings): Promise<void> => {
  await setLeaseTimer(flow, settings);
  const hearing = await flow.tx.selectFrom('hearing').selectAll().executeTakeFirst();
  const whole = seconds(settings.worker.lease);
  const now = flow.now.getTime();
  if (hearing === undefined || now - hearing.last.getTime() > whole || now - hearing.since.getTime() < whole)
    return;
  const expired = await flow.tx
    .selectFrom('run')
    .select(['id', 'worker'])
    .where('state', 'in', ['requested', 'running'])
    .where('lease_until', '<', flow.now)
    .orderBy('id')
    .execute();
  for (const run of expired)
    await loseRun(flow, settings, run.id, `worker ${run.worker} was not heard of in time`);
};
