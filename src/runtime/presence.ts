/** A process says now and then in the store that it lives and how its consumers stand, for those who ask another one. */
import { type ProcessRow, removeProcess, writeProcess } from '../store/process-rows.ts';
import { describeError } from '../store/store-errors.ts';
import type { Environment } from './environment.ts';
import { type Running, startLoop } from './loop.ts';

const everyMs = 10_000;

/** Until stopped; then nobody need miss it. */
export const startPresence = (environment: Environment, standing: () => ProcessRow): Running => {
  const { store, log } = environment;
  const loop = startLoop({
    name: 'presence',
    every: everyMs,
    store,
    log,
    round: async () => {
      await store.statement((db) => writeProcess(db, standing()), 'presence');
      return undefined;
    },
  });
  return {
    stop: async () => {
      await loop.stop();
      if (!store.state().available) return;
      await removeProcess(store.db, standing().id).catch((error: unknown) =>
        log.debug({ error: describeError(error) }, 'that this process ends could not be written down'),
      );
    },
  };
};
