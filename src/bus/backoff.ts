/** When to try again: exponential backoff with full jitter, so that many clients of one broker do not come at once. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds: bound of the first delay, and of any. */
export interface Backoff {
  readonly first: number;
  readonly longest: number;
}

/** For connections and declarations: WIRE.md's pitfall 13 asks for at most a minute. */
export const reconnectBackoff: Backoff = { first: 200, longest: 60_000 };

/** For a consumer whose store is away. */
export const holdBackoff: Backoff = { first: 200, longest: 30_000 };

/**
 * Milliseconds to wait before attempt number `attempt`, from 0. `random` is in [0, 1). Never less than a quarter of
 * `first`, so that no loop runs hot.
 */
export const retryDelay = ({ first, longest }: Backoff, attempt: number, random: number): number =>
  Math.max(first / 4, random * Math.min(longest, first * 2 ** Math.min(attempt, 30)));

/** Waits; ends early, without an error, when the signal is aborted. */
export const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  // The only rejection is the abort.
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
};

/** Waits before attempt number `attempt`. */
export const pauseBefore = (attempt: number, backoff: Backoff, signal: AbortSignal): Promise<void> =>
  pause(retryDelay(backoff, attempt, Math.random()), signal);

/** Waits for something that a broker in trouble may never answer; resolves after so many milliseconds at the latest. */
export const within = async (milliseconds: number, waited: Promise<unknown>): Promise<void> => {
  const patience = new AbortController();
  await Promise.race([waited, pause(milliseconds, patience.signal)]);
  patience.abort();
};
