/**
 * Tells the loops of this process at once what a transaction of this process has just committed. Only a shortcut:
 * whatever another process did, or this one before it died, is found by the sweeps.
 */
import { EventEmitter } from 'node:events';

/** What may have come into being. `timer`: the earliest is due in so many milliseconds. */
interface WakeEvents {
  outbox: [];
  job: [];
  timer: [inMilliseconds: number];
  definitions: [];
}

export type Wake = EventEmitter<WakeEvents>;

export const newWake = (): Wake => {
  const wake: Wake = new EventEmitter();
  // One listener a loop and consumer; all of them may share a process.
  wake.setMaxListeners(0);
  return wake;
};
