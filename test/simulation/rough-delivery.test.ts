/** Deliveries that repeat and tarry much more than usual, workers that often fail: the same images come out. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { anEnvironment, type TestEnvironment } from '../store/an-environment.ts';
import { emptyStore } from '../store/empty-store.ts';
import { buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { randomFrom } from './random.ts';
import type { Mishap, Mishaps } from './stand-in-workers.ts';
import { anUpdate, aReleasedWorld, aWorld, type World } from './world.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
let begin: () => Promise<World>;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
  begin = await aReleasedWorld(environment);
});
afterAll(() => close());

/** A third of all runs goes wrong the first time, in a way that is tried again. */
const misfortune = (seed: number): Mishaps => {
  const random = randomFrom(seed);
  const ways: readonly Mishap[] = ['refuse', 'infrastructure', 'vanish'];
  return (_command, attempt) => (attempt === 1 && random.chance(1 / 3) ? random.pick(ways) : undefined);
};

const rough = { duplicate: 0.3, leave: 0.5, impatient: 0.02 };

test('two updates at once, for each of 80 seeds', async () => {
  await everySeed({ from: 171, to: 250 }, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    world.repositories.publish('curl', '2.0', ['aarch64']);
    world.mishaps = misfortune(seed);
    const arriving = [anUpdate('openssl', '2.0', { id: 'one' }), anUpdate('curl', '2.0', { id: 'another' })];
    await world.run({ seed, arriving, odds: rough });
    await expectFresh(world);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 released']);
  });
});

test('from an empty store to an update, for each of 50 seeds', async () => {
  const fromNothing = async () => {
    await emptyStore(environment.store);
    return aWorld(environment);
  };
  await everySeed({ from: 251, to: 300 }, fromNothing, async (world, seed) => {
    await world.run({ seed });
    await expectFresh(world);
    world.repositories.publish('openssl', '2.0');
    await world.run({ seed, arriving: [anUpdate('openssl', '2.0', { id: 'one' })] });
    await expectFresh(world);
    expect(await buildsOf(world, 'client')).toEqual(['client-40-2 released']);
  });
});
