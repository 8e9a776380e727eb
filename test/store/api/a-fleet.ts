/** A small history in the store: a base and an image on it, built for two arches, released, then rebuilt for an update. */
import type { Store } from '../../../src/store/connect.ts';
import { builds } from './fleet-builds.ts';
import { contents, definitions, rebuilds } from './fleet-contents.ts';
import { records, work } from './fleet-records.ts';

export { at, digest, runs } from './fleet-contents.ts';

/** Fills an empty store. */
export const fillWithFleet = async (store: Store): Promise<void> => {
  await definitions(store);
  await contents(store);
  await rebuilds(store);
  await builds(store);
  await work(store);
  await records(store);
};
