/** A worker says every few seconds who it is, what is free and what it has in hand; that renews its leases. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RunId } from '../../schemas/ids.ts';
import { workerQueueName } from '../bus/names.ts';
import type { Running } from './loop.ts';
import { uuidv7 } from './uuid.ts';
import type { WorkerOptions } from './worker.ts';
import { workerMessage } from './worker-message.ts';

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
  const announcing = announceUntil(options, runs, onUnheard, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await announcing;
    },
  };
};

const announceUntil = async (
  options: WorkerOptions,
  runs: () => readonly RunId[],
  onUnheard: () => void,
  stopping: AbortSignal,
): Promise<void> => {
  const incarnation = uuidv7();
  let heard = performance.now();
  let onItsWay = false;
  const announce = async (): Promise<void> => {
    // One at a time: while the broker is away they would only pile up.
    if (onItsWay) return;
    onItsWay = true;
    try {
      await options.bus.publish(announcementOf(options, incarnation, runs()));
      heard = performance.now();
    } catch (error) {
      options.log.debug({ err: error }, 'an announcement was not sent');
    } finally {
      onItsWay = false;
    }
  };
  while (!stopping.aborted) {
    void announce();
    await delay(options.heartbeat * 1000, undefined, { signal: stopping, ref: false }).catch(() => {});
    if (performance.now() - heard > options.lease * 1000) onUnheard();
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
