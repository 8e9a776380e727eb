/** Worlds for the tests of a file, one after the other on one store: each begins with everything built and released. */
import { afterAll, beforeAll } from '@jest/globals';
import type { ImageDefinition } from '../../schemas/files/image.ts';
import { anEnvironment, type TestEnvironment } from '../store/an-environment.ts';
import { fleet } from './fleet.ts';
import type { BaseContent } from './in-memory-bases.ts';
import { aReleasedWorld, type World } from './world.ts';

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
  let opened: Awaited<ReturnType<typeof anEnvironment>> | undefined;
  let next: (() => Promise<World>) | undefined;
  beforeAll(async () => {
    opened = await anEnvironment();
    next = await aReleasedWorld(opened.environment, images(), bases);
  });
  afterAll(() => opened?.close());
  return {
    get environment() {
      if (opened === undefined) throw new Error('there is no store before the tests begin');
      return opened.environment;
    },
    begin: async () => {
      if (next === undefined) throw new Error('there is no world before the tests begin');
      return next();
    },
  };
};
