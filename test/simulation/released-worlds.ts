/** Worlds for the tests of a file, one after the other on one store: each begins with everything built and released. */
import { afterAll, beforeAll } from '@jest/globals';
import type { ImageDefinition } from '../../schemas/files/image.ts';
import type { TestEnvironment } from '../store/an-environment.ts';
import { aReleasedWorld, type ReleasedWorld } from './a-released-world.ts';
import { fleet } from './fleet.ts';
import type { BaseContent } from './in-memory-bases.ts';
import type { World } from './world.ts';

export interface ReleasedWorlds {
  /** What they share, once the tests have begun. */
  readonly environment: TestEnvironment;
  readonly begin: () => Promise<World>;
}

/** @param bases what the names of external bases point to at first */
export const releasedWorlds = (
  images: () => readonly ImageDefinition[] = () => fleet,
  bases: Readonly<Record<string, BaseContent>> = {},
): ReleasedWorlds => {
  let opened: ReleasedWorld | undefined;
  const world = (): ReleasedWorld => {
    if (opened === undefined) throw new Error('there is no world before the tests begin');
    return opened;
  };
  beforeAll(async () => {
    opened = await aReleasedWorld(images(), bases);
  });
  afterAll(() => opened?.close());
  return {
    get environment() {
      return world().environment;
    },
    begin: () => world().begin(),
  };
};
