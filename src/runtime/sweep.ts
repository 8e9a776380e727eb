/** Looks, once a second for all consumers of a process, for what has fallen due. Who has nothing to do is left alone. */
import { readDue } from '../store/due-rows.ts';
import type { Environment } from './environment.ts';
import { type Running, startLoop } from './loop.ts';

const sweepMs = 1_000;

/** Rings for jobs and deferred messages that are due, whichever process left them, until stopped. */
export const startSweep = ({ store, log, wake, clock }: Environment): Running =>
  startLoop({
    name: 'sweep',
    every: sweepMs,
    store,
    log,
    round: async () => {
      const { jobs, deferred } = await readDue(store.db, clock?.aheadMs);
      if (jobs.length > 0) wake.emit('jobs', jobs);
      if (deferred.length > 0) wake.emit('deferred', deferred);
      return undefined;
    },
  });
