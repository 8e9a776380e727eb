/**
 * Sends what transactions have written into the outbox: rule 2 of ARCHITECTURE. Every process has one.
 *
 * A row is *claimed* by moving its `next_at` into the future, sent with no transaction open, and *marked* by another
 * statement. `next_at` is thus the lease: it is renewed while the broker takes its time, and when a relay dies between
 * publishing and marking, the row falls due again and is sent a second time, under the same message id. No order is
 * promised. What this process's own transactions write is claimed as it is written and handed over after the commit; a
 * sweep claims the rest (SKIP LOCKED, so relays do not wait for each other).
 */
import { type ClaimedOutboxRow, claimOutbox } from '../store/outbox-rows.ts';
import type { Environment } from './environment.ts';
import { relayLeaseSeconds as leaseSeconds } from './flow.ts';
import { type Running, startLoop } from './loop.ts';
import { openSending } from './relay-sending.ts';

/** Rows claimed together. */
const batchSize = 100;
/** Rows under way at most: the window of confirms, and what is kept in memory. */
const mostUnderWay = 400;
const sweepMs = 1_000;

export const startRelay = (environment: Environment): Running => {
  const { bus, store, log, wake } = environment;
  const sending = openSending(environment);
  const isFull = () => sending.underWay() >= mostUnderWay;
  const takeWhileRoom = () => {
    wake.takesWritten = bus.state().connected && !isFull();
  };
  const take = (rows: readonly ClaimedOutboxRow[]) => {
    sending.send(rows);
    takeWhileRoom();
  };
  const loop = startLoop({
    name: 'relay',
    every: sweepMs,
    store,
    log,
    round: async (signal) => {
      while (!signal.aborted && bus.state().connected) {
        if (isFull()) await sending.progress(signal);
        const rows = await claim(environment);
        sending.send(rows);
        if (rows.length < batchSize) break;
      }
      if (!signal.aborted) takeWhileRoom();
      return undefined;
    },
  });
  const look = () => {
    takeWhileRoom();
    loop.ring();
  };
  wake.on('outbox', loop.ring);
  wake.on('written', take);
  bus.onStateChange(look);

  return {
    stop: async () => {
      wake.takesWritten = false;
      wake.off('outbox', loop.ring);
      await loop.stop();
      wake.off('written', take);
      await sending.stop();
    },
  };
};

/**
 * Sends what is due now and waits for what becomes of it.
 * @returns how many rows were taken.
 */
export const relayOnce = async (environment: Environment): Promise<number> => {
  const rows = await claim(environment);
  const sending = openSending(environment);
  sending.send(rows);
  await sending.settled();
  return rows.length;
};

const claim = ({ store }: Environment): Promise<readonly ClaimedOutboxRow[]> =>
  store.statement((db) => claimOutbox(db, { limit: batchSize, leaseSeconds }), 'claim-outbox');
