/**
 * Sends what transactions have written into the outbox: rule 2 of ARCHITECTURE. Every process has one.
 *
 * A row is *claimed* by moving its `next_at` into the future by one statement (SKIP LOCKED, so relays do not
 * wait for each other), sent with no transaction open, and *marked* by another. `next_at` is thus the lease:
 * it is renewed while the broker takes its time, and when a relay dies between publishing and marking, the row falls
 * due again and is sent a second time, under the same message id. No order is promised.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type ClaimedOutboxRow, claimOutbox, renewOutbox } from '../store/outbox-rows.ts';
import { describeError, isStoreAway } from '../store/store-errors.ts';
import type { Environment } from './environment.ts';
import { type Running, startLoop } from './loop.ts';
import { untilStored } from './patience.ts';
import { type Sent, settleSent } from './relay-settle.ts';

/** Seconds that a relay has a row before another may send it. */
const leaseSeconds = 10;
/** Rows claimed together, and so many such batches on their way at once: the window of confirms. */
const batchSize = 100;
const mostBatches = 3;
const sweepMs = 1_000;
/** How long stopping waits for confirms that a broker which is away may never give. */
const graceMs = 3_000;

export const startRelay = (environment: Environment): Running => {
  const { bus, store, log, wake } = environment;
  const batches = new Set<Promise<void>>();
  const closing = new AbortController();

  const send = (rows: readonly ClaimedOutboxRow[]) => {
    const batch = relayBatch(environment, rows, closing.signal)
      .catch((error: unknown) =>
        log.error({ error: describeError(error) }, 'sent messages could not be marked'),
      )
      .finally(() => batches.delete(batch));
    batches.add(batch);
  };
  const loop = startLoop({
    name: 'relay',
    every: sweepMs,
    store,
    log,
    round: async (signal) => {
      while (!signal.aborted && bus.state().connected) {
        if (batches.size >= mostBatches) await Promise.race(batches);
        const rows = await claim(environment);
        if (rows.length > 0) send(rows);
        if (rows.length < batchSize) return undefined;
      }
      return undefined;
    },
  });
  wake.on('outbox', loop.ring);
  bus.onStateChange(loop.ring);

  return {
    stop: async () => {
      wake.off('outbox', loop.ring);
      await loop.stop();
      await Promise.race([Promise.all(batches), delay(graceMs, undefined, { ref: false })]);
      closing.abort(new Error('the relay stops'));
    },
  };
};

/**
 * Sends what is due now and waits for what becomes of it.
 * @returns how many rows were taken.
 */
export const relayOnce = async (environment: Environment): Promise<number> => {
  const rows = await claim(environment);
  if (rows.length > 0) await relayBatch(environment, rows, new AbortController().signal);
  return rows.length;
};

const claim = ({ store }: Environment): Promise<readonly ClaimedOutboxRow[]> =>
  store.statement((db) => claimOutbox(db, { limit: batchSize, leaseSeconds }), 'claim-outbox');

const relayBatch = async (
  environment: Environment,
  rows: readonly ClaimedOutboxRow[],
  signal: AbortSignal,
): Promise<void> => {
  const waiting = new Map(rows.map((row) => [row.id, row]));
  const renewing = setInterval(
    () => renew(environment, [...waiting.keys()]),
    (leaseSeconds * 1000) / 3,
  ).unref();
  try {
    const sent = await Promise.all(
      rows.map(async (row): Promise<Sent> => {
        const outcome = await publish(environment, row);
        waiting.delete(row.id);
        return { row, outcome };
      }),
    );
    // A process that stops closes its connection under what is on its way: that is no failure of the row.
    if (signal.aborted) return;
    await untilStored(environment.store, () => settleSent(environment, sent), signal);
  } finally {
    clearInterval(renewing);
  }
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
