/** Does something that needs the store, however long the store is away. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../store/connect.ts';
import { pauseBefore } from '../store/presence.ts';
import { isStoreAway } from '../store/store-errors.ts';

/** Repeats `work` while it fails because the store is away. It may have happened although it failed: make it repeatable. */
export const untilStored = async <T>(
  store: Pick<Store, 'whenAvailable'>,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isStoreAway(error)) throw error;
      await store.whenAvailable(signal);
      await delay(pauseBefore(attempt), undefined, signal === undefined ? {} : { signal });
    }
  }
};
