/** Deliveries that repeat and tarry more than usual, workers that often fail: the same images come out. */
import { expect, test } from '@jest/globals';
import { deliveryFleets } from './delivery-fleets.ts';
import { buildsOf, everySeed, expectFresh, portions } from './every-seed.ts';
import { randomFrom } from './random.ts';
import type { Mishap, Mishaps } from './stand-in-workers.ts';
import { anUpdate, type World } from './world.ts';

const begin = deliveryFleets();

/** So many of all runs go wrong the first time, in ways that are tried again. */
const misfortune = (seed: number, share: number, ways: readonly Mishap[]): Mishaps => {
  const random = randomFrom(seed);
  return (_command, attempt) => (attempt === 1 && random.chance(share) ? random.pick(ways) : undefined);
};

const rough = { duplicate: 0.2, leave: 0.4, impatient: 0.02 };

/** Two updates at once, of which one is for one arch only. */
const twoUpdates = async (world: World, seed: number, odds = rough): Promise<void> => {
  world.repositories.publish('openssl', '2.0');
  world.repositories.publish('curl', '2.0', ['aarch64']);
  const arriving = [anUpdate('openssl', '2.0', { id: 'one' }), anUpdate('curl', '2.0', { id: 'another' })];
  await world.run({ seed, arriving, odds });
  await expectFresh(world);
  expect(await buildsOf(world, 'base')).toEqual(['base-40-2 released']);
};

const runsFail = async (world: World, seed: number): Promise<void> => {
  world.mishaps = misfortune(seed, 1 / 4, ['refuse', 'infrastructure']);
  await twoUpdates(world, seed);
};

test.each(portions(171, 178))('runs that are refused or fail are run again: seeds $from to $to', (seeds) =>
  everySeed(seeds, begin.whole, runsFail),
);

test.each(portions(179, 210))('the same of one image on two arches: seeds $from to $to', (seeds) =>
  everySeed(seeds, begin.pair, runsFail),
);

test.each(portions(211, 240))('the same of a parent and a child: seeds $from to $to', (seeds) =>
  everySeed(seeds, begin.chain, runsFail),
);

test.each(portions(241, 270))('the same of both at once: seeds $from to $to', (seeds) =>
  everySeed(seeds, begin.small, runsFail),
);

test.each(portions(271, 275))('lost workers are waited for and replaced: seeds $from to $to', (seeds) =>
  everySeed(seeds, begin.whole, async (world, seed) => {
    world.mishaps = misfortune(seed, 1 / 4, ['vanish']);
    await twoUpdates(world, seed, { ...rough, leave: 0.6 });
  }),
);

test.each(portions(276, 300))('from nothing everything is built and released: seeds $from to $to', (seeds) =>
  everySeed(seeds, begin.nothing, async (world, seed) => {
    world.mishaps = misfortune(seed, 1 / 4, ['refuse', 'infrastructure']);
    await world.run({ seed });
    await expectFresh(world);
  }),
);
