/** Whether the store answers, and for what one waits while it does not. */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { describeError, isStoreAway } from './store-errors.ts';

export interface StoreState {
  readonly available: boolean;
  /** Why one waits, for people. */
  readonly waiting?: string;
}

export interface Presence {
  state(): StoreState;
  onStateChange(listener: () => void): void;
  /** Notes that a statement failed because the store is away: `state` says so at once, until it answers again. */
  noteAway(error: unknown): void;
  /** Resolves when the store answers; rejects on what waiting does not cure (a wrong password), and when aborted. */
  whenAvailable(signal?: AbortSignal): Promise<void>;
  /** Ends all waiting. */
  close(): void;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Exponential with up to half of it random, so that many processes do not come back in step. */
export const pauseBefore = (attempt: number, random: () => number = Math.random): number => {
  const whole = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 16));
  return whole / 2 + (whole / 2) * random();
};

const addressOf = (pool: pg.Pool): string => {
  const { host, port, database, connectionString } = pool.options;
  if (connectionString === undefined)
    return `${host ?? 'the default host'}:${port ?? 5432}/${database ?? ''}`;
  try {
    const url = new URL(connectionString);
    return `${url.host}${url.pathname}`;
  } catch {
    return 'the configured address';
  }
};

/** The promise's result, or a rejection as soon as the signal says so; the promise itself goes on for others. */
const orAborted = (work: Promise<void>, signal: AbortSignal | undefined): Promise<void> => {
  if (signal === undefined) return work;
  return new Promise<void>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
};

export const watchPresence = (pool: pg.Pool, log: Logger): Presence => {
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  let state: StoreState = { available: true };
  let probing: Promise<void> | undefined;

  const become = (next: StoreState) => {
    const changed = next.available !== state.available || next.waiting !== state.waiting;
    state = next;
    if (changed) for (const listener of listeners) listener();
  };
  const becomeAway = (error: unknown) => {
    if (!state.available) return;
    const waiting = `store at ${addressOf(pool)} does not answer: ${describeError(error)}`;
    log.warn({ waiting }, 'the store is away');
    become({ available: false, waiting });
  };
  const probe = async (): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      closing.signal.throwIfAborted();
      try {
        await pool.query('select 1');
        if (!state.available) log.info('the store is back');
        return become({ available: true });
      } catch (error) {
        if (!isStoreAway(error)) throw error;
        becomeAway(error);
        await delay(pauseBefore(attempt), undefined, { signal: closing.signal });
      }
    }
  };

  const whenAvailable = (signal?: AbortSignal): Promise<void> => {
    probing ??= probe().finally(() => {
      probing = undefined;
    });
    return orAborted(probing, signal);
  };

  return {
    state: () => state,
    onStateChange: (listener) => {
      listeners.add(listener);
    },
    noteAway: (error) => {
      becomeAway(error);
      // Who waits is told what went wrong; here only the state matters.
      whenAvailable().catch(() => undefined);
    },
    whenAvailable,
    close: () => closing.abort(new Error('the store was closed')),
  };
};
