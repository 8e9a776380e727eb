/**
 * The life of a worker: it announces itself, takes commands from its own queue, runs them in its slots, and repeats
 * what came of them until the broker has it. It reaches bus and registry only.
 *
 * A run whose lease can no longer be renewed is ended here before anybody else may have it: time is this machine's
 * monotonic clock, counted from the sending of the last announcement that the broker confirmed.
 */
import { Command } from '../../schemas/commands/run.ts';
import type { RunId } from '../../schemas/ids.ts';
import { decodeDelivery } from '../bus/decode-delivery.ts';
import { workerQueueName } from '../bus/names.ts';
import type { Delivery, Verdict } from '../bus/port.ts';
import { workerTopology } from '../bus/topology.ts';
import { startAnnouncing } from './announcing.ts';
import type { Running } from './loop.ts';
import { performRun, RunEnded } from './perform-run.ts';
import { type Reporting, reporting } from './reporting.ts';
import type { WorkerOptions } from './worker-options.ts';

interface InHand {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

interface Life {
  readonly options: WorkerOptions;
  readonly inHand: Map<RunId, InHand>;
  readonly stopping: AbortSignal;
  readonly report: Reporting;
}

/** Resolves when the worker is ready for commands. */
export const startWorker = async (options: WorkerOptions): Promise<Running> => {
  const { bus, instance, name, log } = options;
  const inHand = new Map<RunId, InHand>();
  const stopping = new AbortController();
  const life: Life = {
    options,
    inHand,
    stopping: stopping.signal,
    report: reporting(options, stopping.signal),
  };
  await bus.declare(workerTopology({ instance, worker: name }));
  const consuming = await bus.consume({
    queue: workerQueueName(instance, name),
    prefetch: options.slots + 2,
    onDelivery: async (delivery): Promise<Verdict> => {
      await onCommand(life, delivery);
      return 'ack';
    },
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
      endAll(inHand, 'the worker stops');
      await consuming.stop();
      await Promise.all([...inHand.values()].map((run) => run.done));
      await announcing.stop();
    },
  };
};

/** Every run in hand is ended and given back: another worker may have it. */
const endAll = (inHand: ReadonlyMap<RunId, InHand>, reason: string): void => {
  for (const { abort } of inHand.values()) abort.abort(new RunEnded(reason, true));
};

const onCommand = async (life: Life, delivery: Delivery): Promise<void> => {
  const { options, inHand } = life;
  const command = readCommand(delivery);
  if ('problem' in command) {
    options.log.error({ problem: command.problem }, 'a command that cannot be read');
    return;
  }
  const { run } = command;
  if (command.kind === 'cancel') {
    inHand.get(run)?.abort.abort(new RunEnded(command.reason, false));
    return;
  }
  // Said twice, done once: the run is the fence.
  if (inHand.has(run)) return;
  if (life.stopping.aborted) return life.report(run, { kind: 'refused', reason: 'the worker stops' });
  if (inHand.size >= options.slots) return life.report(run, { kind: 'refused', reason: 'no slot is free' });
  const abort = new AbortController();
  const done = performRun(options, command, abort, life.report).finally(() => inHand.delete(run));
  inHand.set(run, { abort, done });
};

const readCommand = (delivery: Delivery): Command | { readonly problem: string } => {
  const decoded = decodeDelivery(delivery, 'workers');
  if ('refused' in decoded) return { problem: decoded.refused };
  const command = Command.safeParse(decoded.message.body);
  return command.success ? command.data : { problem: command.error.message };
};
