/** Something done again and again: when its bell rings, and otherwise, if it is to, after a while. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Store } from '../store/connect.ts';
import { describeError, isStoreAway } from '../store/store-errors.ts';

/** Something that goes on until it is told to end. */
export interface Running {
  /** Waits for work in hand. */
  stop(): Promise<void>;
}

export interface Loop extends Running {
  /** Do it now; or, while it is being done, once more afterwards. */
  ring(): void;
  /** Do it in so many milliseconds at the latest. */
  ringIn(milliseconds: number): void;
}

export interface LoopOptions {
  readonly name: string;
  /** Milliseconds between two rounds when no bell rings. Absent: without one nothing is done. */
  readonly every?: number;
  readonly store: Pick<Store, 'whenAvailable'>;
  readonly log: Logger;
  /** One round. May say when the next is due, in milliseconds, if that is sooner. */
  readonly round: (signal: AbortSignal) => Promise<number | undefined>;
}

const pauseAfterError = 1_000;
const never = Number.POSITIVE_INFINITY;

/**
 * Begins with a round at once. A round that fails because the store is away is repeated when it is back; any other
 * error is logged, and the next round comes after a pause: a loop never ends by itself.
 */
export const startLoop = (options: LoopOptions): Loop => {
  const stopping = new AbortController();
  const bell = newBell();
  const run = async () => {
    while (!stopping.signal.aborted) {
      // What rings from here on asks for another round, as this one may have looked already.
      bell.reset();
      const next = await guardedRound(options, stopping.signal);
      bell.ringIn(Math.min(options.every ?? never, next ?? never));
      if (!stopping.signal.aborted) await bell.rung();
    }
  };
  const running = run();
  return {
    ring: bell.ring,
    ringIn: bell.ringIn,
    stop: async () => {
      stopping.abort(new Error(`${options.name} stops`));
      bell.ring();
      await running;
      bell.reset();
    },
  };
};

/** Rings once, at the earliest of the times it was set to. */
const newBell = () => {
  let hasRung = false;
  let ringsAt = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let heard: () => void = () => undefined;
  const ring = () => {
    hasRung = true;
    heard();
  };
  return {
    ring,
    ringIn: (milliseconds: number) => {
      const at = performance.now() + milliseconds;
      if (at >= ringsAt) return;
      ringsAt = at;
      clearTimeout(timer);
      timer = setTimeout(ring, milliseconds);
    },
    reset: () => {
      hasRung = false;
      ringsAt = Number.POSITIVE_INFINITY;
      clearTimeout(timer);
    },
    rung: () =>
      new Promise<void>((resolve) => {
        heard = resolve;
        if (hasRung) resolve();
      }),
  };
};

const guardedRound = async (
  { name, log, store, round }: LoopOptions,
  signal: AbortSignal,
): Promise<number | undefined> => {
  try {
    return await round(signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    try {
      if (!isStoreAway(error)) throw error;
      await store.whenAvailable(signal);
    } catch (failure) {
      if (signal.aborted) return undefined;
      log.error({ loop: name, error: describeError(failure) }, 'a round failed');
      await delay(pauseAfterError, undefined, { signal }).catch(() => undefined);
    }
    return 0;
  }
};
