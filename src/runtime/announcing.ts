/** A worker says every few seconds who it is, what is free and what it has in hand; that renews its leases. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RunId } from '../../schemas/ids.ts';
import { workerQueueName } from '../bus/names.ts';
import type { Running } from './loop.ts';
import { uuidv7 } from './uuid.ts';
import { workerMessage } from './worker-message.ts';
import type { WorkerOptions } from './worker-options.ts';

/**
 * @param runs - what is in hand now
 * @param onUnheard - called when the broker has confirmed no announcement for a whole lease, by the monotonic clock:
 * somebody else may have the runs by now
 */
export const startAnnouncing = (
  options: WorkerOptions,
  runs: () => readonly RunId[],
  onUnheard: () => void,
): Running => {
  const stopping = new AbortController();
  const announcer = newAnnouncer(options, runs, stopping.signal);
  const announcing = announceUntil(options, announcer, onUnheard, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await announcing;
    },
  };
};

interface Announcer {
  readonly announce: () => Promise<void>;
  /** Milliseconds since the last announcement that was heard. */
  readonly unheardFor: () => number;
}

const newAnnouncer = (
  options: WorkerOptions,
  runs: () => readonly RunId[],
  stopping: AbortSignal,
): Announcer => {
  const incarnation = uuidv7();
  // When it was sent, not when the confirm came: the lease may have begun at any moment between.
  let heard = performance.now();
  let onItsWay = false;
  const sinceHeard = () => performance.now() - heard;
  const once = async (): Promise<void> => {
    const sent = performance.now();
    await options.bus.publish(announcementOf(options, incarnation, runs()));
    heard = sent;
  };
  return {
    unheardFor: sinceHeard,
    announce: async () => {
      // One at a time: while the broker is away they would only pile up.
      if (onItsWay) return;
      onItsWay = true;
      try {
        await once();
        // It waited for the broker, and told of what was in hand before that.
        while (sinceHeard() > options.heartbeat * 1000 && !stopping.aborted) await once();
      } catch (error) {
        options.log.debug({ err: error }, 'an announcement was not sent');
      } finally {
        onItsWay = false;
      }
    },
  };
};

const announceUntil = async (
  options: WorkerOptions,
  { announce, unheardFor }: Announcer,
  onUnheard: () => void,
  stopping: AbortSignal,
): Promise<void> => {
  const [heartbeat, lease] = [options.heartbeat * 1000, options.lease * 1000];
  while (!stopping.aborted) {
    void announce();
    const left = lease - unheardFor();
    const pause = left > 0 ? Math.min(heartbeat, left) : heartbeat;
    await delay(pause, undefined, { signal: stopping, ref: false }).catch(() => undefined);
    if (unheardFor() >= lease) onUnheard();
  }
};

const announcementOf = (options: WorkerOptions, incarnation: string, runs: readonly RunId[]) =>
  workerMessage(
    options.instance,
    'announce',
    {
      schemaVersion: 1,
      worker: options.name,
      incarnation,
      arches: options.arches,
      labels: options.labels,
      slots: options.slots,
      runs,
      queue: workerQueueName(options.instance, options.name),
      toolchain: options.toolchain,
    },
    false,
  );
