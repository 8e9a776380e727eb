/**
 * The life of a worker: it announces itself, takes commands from its own queue, runs them in its slots, and repeats
 * what came of them until the broker has it. It reaches bus and registry only.
 *
 * A run whose lease can no longer be renewed is ended here before anybody else may have it: time is this machine's
 * monotonic clock, counted from the last announcement that the broker confirmed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type BuildCommand, Command, Report, type TestCommand } from '../../schemas/commands/run.ts';
import type { Arch, RunId } from '../../schemas/ids.ts';
import { decodeDelivery } from '../bus/decode-delivery.ts';
import { workerQueueName } from '../bus/names.ts';
import type { Bus, Delivery, Verdict } from '../bus/port.ts';
import { workerTopology } from '../bus/topology.ts';
import { startAnnouncing } from './announcing.ts';
import type { Running } from './loop.ts';
import { openRunLog } from './run-log.ts';
import { asWork } from './work-channel.ts';
import { workerMessage } from './worker-message.ts';

export type RunCommand = BuildCommand | TestCommand;

/** What came of a run, less what the worker itself knows. */
export type RunEnd = {
  readonly [Kind in Report['kind']]: Omit<
    Extract<Report, { kind: Kind }>,
    'schemaVersion' | 'run' | 'worker'
  >;
}['built' | 'tested' | 'failed'];

export interface WorkerOptions {
  readonly bus: Bus;
  readonly instance: string;
  readonly name: string;
  readonly arches: readonly Arch[];
  readonly labels: Readonly<Record<string, string>>;
  readonly slots: number;
  readonly toolchain: Readonly<Record<string, string>>;
  /** Seconds between announcements. */
  readonly heartbeat: number;
  /** Seconds after which, unheard, a run is ended. */
  readonly lease: number;
  readonly log: Logger;
  /** Does the work. Never rejects for what the work does; aborted runs are not asked what came of them. */
  readonly execute: (command: RunCommand, context: RunContext) => Promise<RunEnd>;
}

export interface RunContext {
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** A piece of the build log, as it is printed. */
  readonly onOutput: (text: string) => void;
  /** Everything that was printed so far. */
  readonly printed: () => string;
}

interface InHand {
  readonly abort: AbortController;
  done: Promise<void>;
}

/** Why a run was ended from outside; says whether it is to be given back. */
class RunEnded extends Error {
  readonly giveBack: boolean;
  constructor(message: string, giveBack: boolean) {
    super(message);
    this.giveBack = giveBack;
  }
}

export const startWorker = async (options: WorkerOptions): Promise<Running> => {
  const { bus, instance, name, log } = options;
  const queue = workerQueueName(instance, name);
  const inHand = new Map<RunId, InHand>();
  const stopping = new AbortController();
  await bus.declare(workerTopology({ instance, worker: name }));
  const consuming = await bus.consume({
    queue,
    prefetch: options.slots + 2,
    onDelivery: (delivery) => onCommand({ options, inHand, stopping: stopping.signal }, delivery),
  });
  const announcing = startAnnouncing(
    options,
    () => [...inHand.keys()],
    () => endAll(inHand, 'the lease could not be renewed'),
  );
  log.info({ arches: options.arches, slots: options.slots }, 'ready for work');
  return {
    stop: async () => {
      stopping.abort();
      await consuming.stop();
      endAll(inHand, 'the worker stops');
      await Promise.all([...inHand.values()].map((run) => run.done));
      await announcing.stop();
    },
  };
};

/** Every run in hand is ended and given back: another worker may have it. */
const endAll = (inHand: ReadonlyMap<RunId, InHand>, reason: string): void => {
  for (const { abort } of inHand.values()) {
    if (!abort.signal.aborted) abort.abort(new RunEnded(reason, true));
  }
};

interface Life {
  readonly options: WorkerOptions;
  readonly inHand: Map<RunId, InHand>;
  readonly stopping: AbortSignal;
}

const onCommand = async (life: Life, delivery: Delivery): Promise<Verdict> => {
  const { options, inHand } = life;
  const decoded = decodeDelivery(delivery, 'workers');
  const command = 'message' in decoded ? Command.safeParse(decoded.message.body) : undefined;
  if (command?.success !== true) {
    options.log.error({ problem: command?.error?.message ?? decoded }, 'a command that cannot be read');
    return 'ack';
  }
  if (command.data.kind === 'cancel') {
    inHand.get(command.data.run)?.abort.abort(new RunEnded(command.data.reason, false));
    return 'ack';
  }
  // Said twice, done once: the run is the fence.
  if (inHand.has(command.data.run)) return 'ack';
  if (life.stopping.aborted || inHand.size >= options.slots) {
    const reason = life.stopping.aborted ? 'the worker stops' : 'no slot is free';
    await send(options, {
      schemaVersion: 1,
      kind: 'refused',
      run: command.data.run,
      worker: options.name,
      reason,
    });
    return 'ack';
  }
  const run: InHand = { abort: new AbortController(), done: Promise.resolve() };
  inHand.set(command.data.run, run);
  run.done = perform(options, command.data, run.abort).finally(() => inHand.delete(command.data.run));
  return 'ack';
};

const perform = async (
  options: WorkerOptions,
  command: RunCommand,
  abort: AbortController,
): Promise<void> => {
  const log = options.log.child({ run: command.run, nvr: command.nvr, arch: command.arch });
  const head = { schemaVersion: 1, run: command.run, worker: options.name } as const;
  const deadline = setTimeout(
    () => abort.abort(new Error(`it took longer than ${command.timeout} s`)),
    // A smoke test's own time-out is its failure; this one is the run's.
    (command.timeout + (command.kind === 'test' ? 60 : 0)) * 1000,
  );
  const runLog = openRunLog((chunk) =>
    options.bus.publish(
      workerMessage(options.instance, 'log', { schemaVersion: 1, run: command.run, ...chunk }, false),
    ),
  );
  try {
    await send(options, { ...head, kind: 'started' });
    const context = { log, signal: abort.signal, onOutput: runLog.write, printed: runLog.printed };
    const end = await asWork(`run ${command.run}`, () => options.execute(command, context));
    await runLog.close();
    if (abort.signal.reason instanceof RunEnded) await giveBack(options, command.run, abort.signal.reason);
    else await send(options, Report.parse({ ...head, ...end }));
  } catch (error) {
    log.error({ err: error }, 'the run failed in a way that nobody thought of');
    const message = error instanceof Error ? error.message : String(error);
    await send(options, {
      ...head,
      kind: 'failed',
      failureClass: 'infrastructure',
      error: message.slice(0, 8192),
    });
  } finally {
    clearTimeout(deadline);
  }
};

const giveBack = async (options: WorkerOptions, run: RunId, ended: RunEnded): Promise<void> => {
  options.log.warn({ run, reason: ended.message }, 'run ended from outside');
  if (!ended.giveBack) return;
  await send(options, {
    schemaVersion: 1,
    kind: 'refused',
    run,
    worker: options.name,
    reason: ended.message,
  });
};

/** Resolves once the broker has it; waits while the broker is away, so that nothing that was done is forgotten. */
const send = async (options: WorkerOptions, report: Report): Promise<void> => {
  const message = workerMessage(options.instance, 'report', report, true);
  while ((await options.bus.publish(message)) === 'returned') await delay(1000);
};
