/** A store that is there and up to date: what a process waits for before it does anything else. */
import { openStore, type Store, type StoreOptions } from './connect.ts';
import { migrate } from './migrate.ts';
import { isStoreAway } from './store-errors.ts';

/**
 * Opens the store, waits until it answers, and migrates it; begins again where it goes away in the middle.
 * @throws what waiting does not cure: a wrong password, a store of a newer flibs.
 */
export const prepareStore = async (options: StoreOptions, signal?: AbortSignal): Promise<Store> => {
  const store = openStore(options);
  try {
    for (;;) {
      await store.whenAvailable(signal);
      try {
        await migrate(store.pool, { schema: store.schema, log: options.log });
        return store;
      } catch (error) {
        if (!isStoreAway(error)) throw error;
      }
    }
  } catch (error) {
    await store.close();
    throw error;
  }
};
