/** Tests that each begin in a world of their own, in which everything is released. */
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { aReleasedWorld, type World } from '../../simulation/world.ts';
import { anEnvironment } from '../an-environment.ts';

/** For the tests of a file, one database for all of them. `begin` is called before each. */
export const eachInReleasedWorld = (begin: (world: World) => void | Promise<void>): void => {
  let close: () => Promise<void>;
  let next: () => Promise<World>;
  beforeAll(async () => {
    const { environment, close: closeIt } = await anEnvironment();
    close = closeIt;
    next = await aReleasedWorld(environment);
  });
  beforeEach(async () => {
    await begin(await next());
  });
  afterAll(() => close());
};
