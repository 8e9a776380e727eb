/** Where stories with hundreds of seeds begin: the whole fleet for some, the small one for most. */
import { emptyStore } from '../store/empty-store.ts';
import { smallFleet } from './fleet.ts';
import { releasedWorlds } from './released-worlds.ts';
import { aWorld, type World } from './world.ts';

export interface BothFleets {
  /** All of it built and released once. */
  readonly whole: () => Promise<World>;
  readonly small: () => Promise<World>;
  /** Neither built nor known yet. */
  readonly nothingOfSmall: () => Promise<World>;
}

/** For the tests of a file. */
export const bothFleets = (): BothFleets => {
  const small = releasedWorlds(() => smallFleet);
  return {
    whole: releasedWorlds().begin,
    small: small.begin,
    nothingOfSmall: async () => {
      await emptyStore(small.environment.store);
      const world = aWorld(small.environment);
      world.definitions = { ...world.definitions, images: smallFleet };
      return world;
    },
  };
};
