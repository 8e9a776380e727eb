/** A store that is there and up to date: what a process waits for before it decides anything. */
import type { Logger } from 'pino';
import { openStore, type Store, type StoreOptions } from './connect.ts';
import { migrate } from './migrate.ts';
import { isStoreAway } from './store-errors.ts';

/**
 * Waits until the store answers, and migrates it; begins again where it goes away in the middle.
 * @throws what waiting does not cure: a wrong password, a store of a newer flibs.
 */
export const makeReady = async (store: Store, log: Logger, signal?: AbortSignal): Promise<void> => {
  for (;;) {
    await store.whenAvailable(signal);
    try {
      await migrate(store.pool, { schema: store.schema, log });
      return;
    } catch (error) {
      if (!isStoreAway(error)) throw error;
    }
  }
};

/** Opens the store and makes it ready. @throws what waiting does not cure */
export const prepareStore = async (options: StoreOptions, signal?: AbortSignal): Promise<Store> => {
  const store = openStore(options);
  try {
    await makeReady(store, options.log, signal);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
};
