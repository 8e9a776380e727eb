/** An update under reordered, repeated and late deliveries: whatever the seed, the same images come out. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { consumersOf } from '../../consumers/catalogue.ts';
import { anEnvironment } from '../store/an-environment.ts';
import { partsOf } from './cast-of-consumers.ts';
import { buildsOf, everySeed, expectFresh, portions } from './every-seed.ts';
import { settings } from './fleet.ts';
import { anUpdate, aReleasedWorld, aTag, type World } from './world.ts';

let close: () => Promise<void>;
let begin: () => Promise<World>;
beforeAll(async () => {
  const { environment, close: closeIt } = await anEnvironment();
  close = closeIt;
  begin = await aReleasedWorld(environment);
});
afterAll(() => close());

test('every consumer of the catalogue takes part', async () => {
  const { environment, registry } = await begin();
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

test.each(portions(1, 170))(
  'an update is told of four times and built once: seeds $from to $to',
  async (seeds) => {
    await everySeed(seeds, begin, async (world, seed) => {
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
      for (const image of ['base', 'runtime', 'client', 'server'])
        expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
      expect(await buildsOf(world, 'lonely')).toEqual([]);
    });
  },
);
