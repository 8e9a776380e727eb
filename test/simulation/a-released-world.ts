/** A world in which everything is built and released once: made once a run, and begun from again and again. */
import { deserialize, serialize } from 'node:v8';
import type { ImageDefinition } from '../../schemas/files/image.ts';
import type { Store } from '../../src/store/connect.ts';
import { migrated, type Template } from '../servers/database.ts';
import { anEnvironment, environmentAt, type TestEnvironment } from '../store/an-environment.ts';
import { savedStore, saveStore } from '../store/saved-store.ts';
import { digestOfText, fleet } from './fleet.ts';
import type { BaseContent } from './in-memory-bases.ts';
import { aWorld, type SavedWorld, savedWorld, type World } from './world.ts';

export interface ReleasedWorld {
  /** On a database of its own. */
  readonly environment: TestEnvironment;
  /** The store is as it was at first, whatever was done to it since. */
  readonly begin: (environment?: TestEnvironment) => Promise<World>;
  readonly close: () => Promise<void>;
}

/** @param bases what the names of external bases point to at first */
export const aReleasedWorld = async (
  images: readonly ImageDefinition[] = fleet,
  bases: Readonly<Record<string, BaseContent>> = {},
): Promise<ReleasedWorld> => {
  const beginning = (world: World): World => {
    world.definitions = { ...world.definitions, images };
    for (const [pullspec, content] of Object.entries(bases)) world.bases.publish(pullspec, content);
    return world;
  };
  const { environment, close } = await anEnvironment(released([images, bases], beginning));
  const after = await remembered(environment.store);
  const bringBack = await savedStore(environment.store);
  return {
    environment,
    close,
    begin: async (on = environment) => {
      await bringBack();
      return beginning(aWorld(on, { after }));
    },
  };
};

const released = (of: unknown, beginning: (world: World) => World): Template => ({
  name: `flibs_released_${digestOfText(JSON.stringify(of)).slice('sha256:'.length).slice(0, 16)}`,
  from: migrated,
  fill: async (url) => {
    const environment = environmentAt(url);
    try {
      const world = beginning(aWorld(environment));
      await world.run({ seed: 0 });
      await saveStore(environment.store);
      await remember(environment.store, savedWorld(world));
    } finally {
      await environment.store.close();
    }
  },
});

const remember = async ({ pool }: Store, world: SavedWorld): Promise<void> => {
  await pool.query('CREATE TABLE public.saved_world (state bytea)');
  await pool.query('INSERT INTO public.saved_world VALUES ($1)', [serialize(world)]);
};

const remembered = async ({ pool }: Store): Promise<SavedWorld> => {
  const { rows } = await pool.query<{ state: Buffer }>('SELECT state FROM public.saved_world');
  const [row] = rows;
  if (row === undefined) throw new Error('the template remembers no world');
  return deserialize(row.state);
};
