/** Assigns what is ready to free slots, late: one arch build or smoke test, one slot, one command to one worker. */
import { sql } from 'kysely';
import type { Rule } from '../../../schemas/files/rule.ts';
import { Arch } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { assign } from '../../scheduling/assign.ts';
import { flowOf } from '../begun.ts';
import { readRules } from '../defining/rules.ts';
import { failArchBuild } from '../ending/arch-build-ends.ts';
import { startRebuilds } from '../ending/rebuild-ends.ts';
import { lockNamed } from '../lock.ts';
import { lockBuild, moveArchBuild, moveBuild } from '../move.ts';
import { pausesInForce } from '../pausing/in-force.ts';
import type { Settings } from '../settings.ts';
import { buildCommand, filesFrom, testCommand } from './commands.ts';
import { delay, delayAll, endDueDelays } from './delays.ts';
import { countStart, delayBy, holdBack, type InForce, mayStartThisHour } from './hold-back.ts';
import { type ReadyWork, readyWork } from './ready-work.ts';
import { leaseFrom } from './workers.ts';

interface Slots {
  readonly name: string;
  readonly queue: string;
  readonly arches: readonly Arch[];
  /** Fewer with each command of the decision. */
  free: number;
}

/**
 * One dispatcher decides at a time; the others wait a moment and see what is left. Comes before every other lock: whoever
 * holds a build and then asks for this one would wait for a dispatcher that waits for the build.
 */
export const lockDispatch = (flow: Flow): Promise<void> => lockNamed(flow, 'dispatch');

/** Does something that may free a slot or make work ready, and then decides what goes out. */
export const dispatching = async (
  flow: Flow,
  settings: Settings,
  work: () => Promise<void>,
): Promise<void> => {
  await lockDispatch(flow);
  await work();
  await dispatch(flow, settings);
};

/** One decision looks so often for others in place of what has to wait; the next announcement goes on from there. */
const mostRounds = 10;

/** Seconds after which it is looked at again whether what an arch build needs is there. */
const lookAgainAfter = 10;

/** One decision: everything that fits goes out, in scheduling's order. */
export const dispatch = async (flow: Flow, settings: Settings): Promise<void> => {
  await lockDispatch(flow);
  const [workers, pauses, rules] = await Promise.all([
    freeWorkers(flow, settings),
    pausesInForce(flow),
    readRules(flow),
    endDueDelays(flow),
  ]);
  const everything = pauses.find(({ scope }) => scope === 'everything');
  if (everything !== undefined) return delayAll(flow, delayBy(everything));
  await sayWhoIsMissing(flow, workers);
  const inForce = { rules, pauses };
  for (let round = 0, again = true; again && round < mostRounds; round += 1) {
    again = await fillSlots(flow, settings, workers, inForce);
  }
};

/** What turns out to have to wait leaves its slot to the next at hand. @returns whether others may fill what is left. */
const fillSlots = async (
  flow: Flow,
  settings: Settings,
  workers: readonly Slots[],
  inForce: InForce,
): Promise<boolean> => {
  const open = workers.filter(({ free }) => free > 0);
  const arches = [...new Set(open.flatMap((worker) => worker.arches))];
  if (arches.length === 0) return false;
  const wanted = { arches, free: open.reduce((sum, { free }) => sum + free, 0) };
  const found = await readyWork(flow, wanted);
  let left = await holdBack(flow, inForce, found);
  const work = new Map(left.map((one) => [one.id, one]));
  let waits = found.length - left.length;
  for (let more = left.length > 0; more; ) {
    const assigned = assign({ ready: left, workers: open, running: await runningNow(flow), now: flow.now });
    for (const { id, worker: name } of assigned) {
      const worker = open.find((each) => each.name === name);
      const one = work.get(id);
      if (worker && one && (await start(flow, settings, inForce.rules, one, worker))) worker.free -= 1;
      else waits += 1;
    }
    const looked = new Set(assigned.map(({ id }) => id));
    left = left.filter(({ id }) => !looked.has(id));
    more = assigned.length > 0;
  }
  return waits > 0;
};

/** @returns false where it has to wait, or is not ready any more. */
const start = async (
  flow: Flow,
  settings: Settings,
  rules: readonly Rule[],
  work: ReadyWork,
  worker: Slots,
): Promise<boolean> => {
  if (work.test) return requestSmokeTest(flow, settings, work.row, worker);
  if (!(await mayStartThisHour(flow, rules, work))) return false;
  const requested = await requestArchBuild(flow, settings, work.row, worker);
  if (requested) await countStart(flow, rules, work);
  return requested;
};

/** What holds a slot now: people's builds have a share that automatic ones cannot eat. */
const runningNow = async (flow: Flow): Promise<{ arch: Arch; byHand: boolean }[]> => {
  // A look-up for each run: joined, the server may choose to walk through all arch builds.
  const rows = await flow.tx
    .selectFrom('run')
    .select('run.arch')
    .select((eb) => [
      eb
        .selectFrom('arch_build')
        .select('arch_build.by_hand')
        .whereRef('arch_build.id', '=', 'run.arch_build')
        .as('build_by_hand'),
      eb
        .selectFrom('smoke_test')
        .select('smoke_test.by_hand')
        .whereRef('smoke_test.id', '=', 'run.smoke_test')
        .as('test_by_hand'),
    ])
    .where('run.state', 'in', ['requested', 'running'])
    .execute();
  return rows.map((row) => ({ arch: row.arch, byHand: row.build_by_hand ?? row.test_by_hand ?? false }));
};

/** Workers heard of lately, with the slots that no live run fills. */
const freeWorkers = async (flow: Flow, settings: Settings): Promise<Slots[]> => {
  const rows = await flow.tx
    .selectFrom('worker')
    .selectAll('worker')
    .select((eb) =>
      eb
        .selectFrom('run')
        .whereRef('run.worker', '=', 'worker.name')
        .where('run.state', 'in', ['requested', 'running'])
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('live'),
    )
    .where('announced_at', '>', new Date(flow.now.getTime() - 3000 * settings.worker.heartbeat))
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    queue: row.queue,
    arches: row.arches,
    free: Math.max(0, row.slots - Number(row.live ?? 0)),
  }));
};

const requestArchBuild = async (
  flow: Flow,
  settings: Settings,
  id: number,
  { name: worker, queue }: Slots,
): Promise<boolean> => {
  const { build: buildId } = await flow.tx
    .selectFrom('arch_build')
    .select('build')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const build = await lockBuild(flow, buildId);
  const archBuild = await flow.tx
    .selectFrom('arch_build')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (build === undefined || archBuild?.state !== 'ready') return false;
  const own = flowOf(flow, archBuild);
  const run = flow.newId();
  const command = await buildCommand(own, settings, { build, archBuild, run });
  if ('impossible' in command) {
    const failure = { failureClass: 'source', error: command.impossible } as const;
    await failArchBuild(own, settings, archBuild, build.nvr, failure);
    return false;
  }
  if ('waiting' in command) {
    const until = new Date(flow.now.getTime() + lookAgainAfter * 1000);
    await delay(flow, [id], { by: 'inputs', until, waiting: command.waiting });
    return false;
  }
  if (build.state === 'planned')
    await moveBuild(flow, build, 'building', `${archBuild.arch} goes to ${worker}`);
  const moved = await moveArchBuild(flow, archBuild, 'requested', `a slot of ${worker} is free`, {
    run,
    files_from: JSON.stringify(filesFrom(command.command)),
  });
  if (!moved) return false;
  await startRebuilds(flow, build.id);
  await insertRun(flow, settings, { id: run, kind: 'build', arch_build: id, arch: archBuild.arch, worker });
  await own.command({ queue, body: command.command, onReturned: 'run-returned', key: run });
  return true;
};

const requestSmokeTest = async (
  flow: Flow,
  settings: Settings,
  id: number,
  { name: worker, queue }: Slots,
): Promise<boolean> => {
  const row = await flow.tx
    .selectFrom('smoke_test')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const build = await lockBuild(flow, row.build);
  const run = flow.newId();
  const requested = await flow.tx
    .updateTable('smoke_test')
    .set((eb) => ({ state: 'requested', run, seq: eb('seq', '+', 1) }))
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .returningAll()
    .executeTakeFirst();
  if (build === undefined || requested === undefined) return false;
  await insertRun(flow, settings, { id: run, kind: 'test', smoke_test: id, arch: row.arch, worker });
  const own = flowOf(flow, requested);
  const body = testCommand(own, settings, { build, smokeTest: requested, run });
  await own.command({ queue, body, onReturned: 'run-returned', key: run });
  return true;
};

interface NewRun {
  readonly id: string;
  readonly kind: 'build' | 'test';
  readonly arch_build?: number;
  readonly smoke_test?: number;
  readonly arch: Arch;
  readonly worker: string;
}

/** The lease starts at `requested`: a command that is lost is missed like a worker that is. */
const insertRun = async (flow: Flow, settings: Settings, run: NewRun): Promise<void> => {
  await flow.tx
    .insertInto('run')
    .values({ ...run, state: 'requested', lease_until: leaseFrom(flow, settings), requested_at: flow.now })
    .execute();
};

/** What waits for an arch that no worker has announced says so. */
const sayWhoIsMissing = async (flow: Flow, workers: readonly Slots[]): Promise<void> => {
  const served = new Set(workers.flatMap((worker) => worker.arches));
  const missing = Arch.options.filter((arch) => !served.has(arch));
  if (missing.length === 0) return;
  await flow.tx
    .updateTable('arch_build')
    .set({ waiting: sql`'no worker for ' || arch || ' has announced itself'` })
    .where('state', '=', 'ready')
    .where('waiting', 'is', null)
    .where('arch', 'in', missing)
    .execute();
};
