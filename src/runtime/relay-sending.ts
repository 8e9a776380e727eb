/** Rows of the outbox on their way to the broker: published at once, marked together, kept for as long as it takes. */
import { setTimeout as delay } from 'node:timers/promises';
import { type ClaimedOutboxRow, renewOutbox } from '../store/outbox-rows.ts';
import { describeError, isStoreAway } from '../store/store-errors.ts';
import type { Environment } from './environment.ts';
import { relayLeaseSeconds as leaseSeconds } from './flow.ts';
import { untilStored } from './patience.ts';
import { type Sent, settleSent } from './relay-settle.ts';

/** Milliseconds in which what was confirmed is gathered, to be marked by one statement. */
const gatherMs = 10;
/** How long stopping waits for confirms that a broker which is away may never give. */
const graceMs = 3_000;

export interface Sending {
  /** Rows that this process has claimed. */
  send(rows: readonly ClaimedOutboxRow[]): void;
  /** Rows that are not marked yet. */
  underWay(): number;
  /** Resolves when some more are marked, or the signal says not to wait. */
  progress(signal?: AbortSignal): Promise<void>;
  /** Resolves when all are marked. */
  settled(): Promise<void>;
  /** Waits a while for what is under way; what is not marked then falls due again. */
  stop(): Promise<void>;
}

export const openSending = (environment: Environment): Sending => {
  const { store, log } = environment;
  const waiting = new Map<number, ClaimedOutboxRow>();
  const closing = new AbortController();
  let sent: Sent[] = [];
  let isMarking = false;
  const marked: (() => void)[] = [];

  const mark = async (): Promise<void> => {
    await delay(waiting.size > sent.length ? gatherMs : 0, undefined, { ref: false });
    const settling = sent;
    sent = [];
    // A process that stops closes its connection under what is on its way: that is no failure of the row.
    if (closing.signal.aborted) return;
    await untilStored(store, () => settleSent(environment, settling), closing.signal).catch(
      (error: unknown) => log.error({ error: describeError(error) }, 'sent messages could not be marked'),
    );
    for (const { row } of settling) waiting.delete(row.id);
    for (const resolve of marked.splice(0)) resolve();
  };
  const markLater = (): void => {
    if (isMarking) return;
    isMarking = true;
    void mark().finally(() => {
      isMarking = false;
      if (sent.length > 0) markLater();
    });
  };
  const sendOne = async (row: ClaimedOutboxRow): Promise<void> => {
    const outcome = await publish(environment, row);
    // Only now: another list may have been begun meanwhile.
    sent.push({ row, outcome });
    markLater();
  };
  const renewing = setInterval(
    () => renew(environment, [...waiting.keys()]),
    (leaseSeconds * 1000) / 3,
  ).unref();
  const progress = (signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      const goOn = () => {
        // The signal is the relay's, and outlives many waits.
        signal?.removeEventListener('abort', goOn);
        resolve();
      };
      marked.push(goOn);
      signal?.addEventListener('abort', goOn, { once: true });
    });
  const settled = async () => {
    while (waiting.size > 0) await progress();
    clearInterval(renewing);
  };

  return {
    send: (rows) => {
      for (const row of rows) {
        waiting.set(row.id, row);
        void sendOne(row);
      }
    },
    underWay: () => waiting.size,
    progress,
    settled,
    stop: async () => {
      await Promise.race([settled(), delay(graceMs, undefined, { ref: false })]);
      clearInterval(renewing);
      closing.abort(new Error('the relay stops'));
    },
  };
};

const publish = async ({ bus }: Environment, row: ClaimedOutboxRow): Promise<Sent['outcome']> => {
  try {
    return await bus.publish(row);
  } catch (error) {
    return { error: describeError(error) };
  }
};

const renew = ({ store, log }: Environment, ids: readonly number[]): void => {
  renewOutbox(store.db, ids, leaseSeconds).catch((error: unknown) => {
    if (!isStoreAway(error))
      log.warn({ error: describeError(error) }, 'the lease of outgoing messages was not renewed');
  });
};
