/** A story told under many orders of delivery: seed by seed, on a store that is brought back to where it begins. */
import { expect } from '@jest/globals';
import { contents, expectSound, wantedContents } from './soundness.ts';
import type { World } from './world.ts';

/** Seeds in portions that are one test each, so that a slow machine has time for all of them. */
export const portions = (
  from: number,
  to: number,
): readonly { readonly from: number; readonly to: number }[] =>
  Array.from({ length: Math.ceil((to - from + 1) / 20) }, (_, at) => ({
    from: from + at * 20,
    to: Math.min(to, from + at * 20 + 19),
  }));

/** @throws what went wrong, with the seed in front. */
export const everySeed = async (
  seeds: { readonly from?: number; readonly to: number },
  begin: () => Promise<World>,
  story: (world: World, seed: number) => Promise<void>,
): Promise<void> => {
  for (let seed = seeds.from ?? 1; seed <= seeds.to; seed += 1) {
    const world = await begin();
    try {
      await story(world, seed);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`seed ${seed}: ${message}`, { cause });
    }
  }
};

/** Sound, and everything as new as the repositories have it. */
export const expectFresh = async (world: World): Promise<void> => {
  await expectSound(world);
  expect(await contents(world)).toEqual(wantedContents(world.definitions.images, world));
};

/** Builds of an image since the world began, oldest first: `state` by NVR. */
export const buildsOf = async (world: World, image: string): Promise<readonly string[]> => {
  const rows = await world.environment.store.db
    .selectFrom('build')
    .select(['nvr', 'state'])
    .where('image', '=', image)
    .orderBy('id')
    .execute();
  return rows.slice(1).map(({ nvr, state }) => `${nvr} ${state}`);
};

/** How each arch of an image's builds since the beginning came about: `40-2.x86_64 succeeded`. */
export const archesOf = async (world: World, image: string): Promise<readonly string[]> => {
  const rows = await world.environment.store.db
    .selectFrom('arch_build')
    .innerJoin('build', 'build.id', 'arch_build.build')
    .select(['build.release_number', 'arch_build.arch', 'arch_build.state'])
    .where('build.image', '=', image)
    .where('build.release_number', '>', 1)
    .orderBy('build.id')
    .orderBy('arch_build.arch')
    .execute();
  return rows.map((row) => `${row.release_number}.${row.arch} ${row.state}`);
};
