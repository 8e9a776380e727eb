/** An update under reordered, repeated and late deliveries: whatever the seed, the same images come out. */
import { expect, test } from '@jest/globals';
import { consumersOf } from '../../consumers/catalogue.ts';
import { partsOf } from './cast-of-consumers.ts';
import { deliveryFleets } from './delivery-fleets.ts';
import { buildsOf, everySeed, expectFresh, portions } from './every-seed.ts';
import { settings } from './fleet.ts';
import { anUpdate, aTag, type World } from './world.ts';

const begin = deliveryFleets();

test('every consumer of the catalogue takes part', async () => {
  const { environment, registry } = await begin.whole();
  const parts = partsOf(
    settings,
    {
      registry: registry.registry,
      lookAt: () => Promise.reject(new Error('not asked for here')),
      lookAtBase: () => Promise.reject(new Error('not asked for here')),
      loadDefinitions: () => Promise.reject(new Error('not asked for here')),
      readForeign: () => Promise.reject(new Error('not asked for here')),
      desiredTag: async () => undefined,
      tagsToCheck: async () => [],
    },
    environment,
  );
  expect(parts.map(({ name }) => name)).toEqual(consumersOf(settings).map(({ name }) => name));
});

/** `openssl` 2.0 is told of four times. */
const oneUpdate = async (world: World, seed: number): Promise<void> => {
  world.repositories.publish('openssl', '2.0');
  const severity = seed % 3 === 0 ? 'urgent' : 'medium';
  const told = anUpdate('openssl', '2.0', { id: 'told first', severity });
  await world.run({
    seed,
    arriving: [
      told,
      told,
      anUpdate('openssl', '2.0', { id: 'told again', severity }),
      aTag('openssl', '2.0', 'tag'),
    ],
  });
  await expectFresh(world);
  for (const { name } of world.definitions.images)
    expect(await buildsOf(world, name)).toEqual(name === 'lonely' ? [] : [`${name}-40-2 released`]);
};

test.each(portions(1, 10))('an update is told of four times and built once: seeds $from to $to', (seeds) =>
  everySeed(seeds, begin.whole, oneUpdate),
);

test.each(portions(11, 70))('the same of one image on two arches: seeds $from to $to', (seeds) =>
  everySeed(seeds, begin.pair, oneUpdate),
);

test.each(portions(71, 130))('the same of a parent and a child: seeds $from to $to', (seeds) =>
  everySeed(seeds, begin.chain, oneUpdate),
);

test.each(portions(131, 170))('the same of both at once: seeds $from to $to', (seeds) =>
  everySeed(seeds, begin.small, oneUpdate),
);
