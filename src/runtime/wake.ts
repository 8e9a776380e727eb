/**
 * Tells the loops of this process at once what a transaction of this process has just committed. Only a shortcut:
 * whatever another process did, or this one before it died, is found by the sweeps.
 */
import { EventEmitter } from 'node:events';
import type { ClaimedOutboxRow } from '../store/outbox-rows.ts';

/**
 * What may have come into being. `timer`: the earliest is due in so many milliseconds. `written`: rows of the outbox that
 * were claimed for this process's relay as they were written.
 */
interface WakeEvents {
  outbox: [];
  written: [rows: readonly ClaimedOutboxRow[]];
  /** Of these kinds. */
  jobs: [kinds: readonly string[]];
  /** Put off by these consumers. */
  deferred: [consumers: readonly string[]];
  timer: [inMilliseconds: number];
  definitions: [];
}

export type Wake = EventEmitter<WakeEvents> & {
  /** While this process's relay listens to `written` and has room. */
  takesWritten: boolean;
};

export const newWake = (): Wake => {
  const wake = Object.assign(new EventEmitter<WakeEvents>(), { takesWritten: false });
  // One listener a loop and consumer; all of them may share a process.
  wake.setMaxListeners(0);
  return wake;
};
