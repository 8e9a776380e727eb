/** Tests that each begin in a world of their own, in which everything is released. */
import { beforeEach } from '@jest/globals';
import { releasedWorlds } from '../../simulation/released-worlds.ts';
import type { World } from '../../simulation/world.ts';

/** For the tests of a file, one database for all of them. `begin` is called before each. */
export const eachInReleasedWorld = (begin: (world: World) => void | Promise<void>): void => {
  const worlds = releasedWorlds();
  beforeEach(async () => {
    await begin(await worlds.begin());
  });
};
