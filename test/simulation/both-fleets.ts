/** Where stories with hundreds of seeds begin: the whole fleet for some, the small one for most. */
import { anEnvironment } from '../store/an-environment.ts';
import { emptyStore } from '../store/empty-store.ts';
import { fleet, smallFleet } from './fleet.ts';
import { aReleasedWorld, aWorld, type World } from './world.ts';

export interface BothFleets {
  /** All of it built and released once. */
  whole(): Promise<World>;
  small(): Promise<World>;
  /** Neither built nor known yet. */
  nothingOfSmall(): Promise<World>;
  close(): Promise<void>;
}

export const bothFleets = async (): Promise<BothFleets> => {
  const [forWhole, forSmall, forNothing] = [
    await anEnvironment(),
    await anEnvironment(),
    await anEnvironment(),
  ];
  return {
    whole: await aReleasedWorld(forWhole.environment, fleet),
    small: await aReleasedWorld(forSmall.environment, smallFleet),
    nothingOfSmall: async () => {
      await emptyStore(forNothing.environment.store);
      const world = aWorld(forNothing.environment);
      world.definitions = { ...world.definitions, images: smallFleet };
      return world;
    },
    close: async () => {
      for (const { close } of [forWhole, forSmall, forNothing]) await close();
    },
  };
};
