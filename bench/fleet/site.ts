/** The made-up fleets on a private PostgreSQL for the time of a bench, each in a schema of its own. */
import { startHost } from '../../src/host/host.ts';
import type { Store } from '../../src/store/connect.ts';
import { schemaOfInstance } from '../../src/store/pool.ts';
import { prepareStore } from '../../src/store/prepare.ts';
import { inWorkplace, quietLog } from '../workplace.ts';
import type { Size } from './shape.ts';
import { writeFleet } from './write.ts';

export interface FleetSite {
  readonly url: string;
  readonly stores: ReadonlyMap<Size, Store>;
}

export const instanceOf = (size: Size): string => `fleet-${size}`;

export const withFleets = <T>(
  sizes: readonly Size[],
  say: (text: string) => void,
  use: (site: FleetSite) => Promise<T>,
): Promise<T> =>
  inWorkplace(async (dataDir) => {
    const host = await startHost({ dataDir, log: quietLog(), parts: ['postgres'], throwAway: true });
    const stores = new Map<Size, Store>();
    try {
      const url = host.postgres?.url ?? '';
      for (const size of sizes) {
        const begun = performance.now();
        const options = { connection: url, schema: schemaOfInstance(instanceOf(size)), log: quietLog() };
        const store = await prepareStore(options);
        stores.set(size, store);
        await writeFleet(store, size);
        say(`${size} images written in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
      }
      return await use({ url, stores });
    } finally {
      await Promise.all([...stores.values()].map((store) => store.close()));
      await host.stop();
    }
  });
