/** Messages that were put off are received again when they are due, by any process of their consumer. */
import { claimDeferred } from '../store/kept-messages.ts';
import { type Environment, readNow } from './environment.ts';
import { type Running, startLoop } from './loop.ts';
import type { Receiver } from './receive.ts';

const batchSize = 10;
/** How long a message is left to the process that took it. */
const leaseMs = 60_000;

/** @returns how many messages were taken. */
export const retryDeferred = async (
  consumer: string,
  receiver: Pick<Receiver, 'retry'>,
  environment: Environment,
): Promise<number> => {
  const due = await environment.store.transaction(async (tx) => {
    const now = await readNow(environment, tx);
    const until = new Date(now.getTime() + leaseMs);
    return claimDeferred(tx, { consumer, now, until, limit: batchSize });
  }, 'claim-deferred');
  for (const deferred of due) await receiver.retry(deferred);
  return due.length;
};

/** Takes them whenever the sweep rings, until stopped. */
export const startRetrying = (
  consumer: string,
  receiver: Pick<Receiver, 'retry'>,
  environment: Environment,
): Running => {
  const { store, log, wake } = environment;
  const loop = startLoop({
    name: `deferred messages of ${consumer}`,
    store,
    log,
    round: async () => ((await retryDeferred(consumer, receiver, environment)) === batchSize ? 0 : undefined),
  });
  const ring = (consumers: readonly string[]) => {
    if (consumers.includes(consumer)) loop.ring();
  };
  wake.on('deferred', ring);
  return {
    stop: async () => {
      wake.off('deferred', ring);
      await loop.stop();
    },
  };
};
