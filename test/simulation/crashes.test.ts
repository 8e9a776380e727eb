/** Every consumer, ended once at every point where it matters: the same images come out. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { consumersOf } from '../../consumers/catalogue.ts';
import { leaseTimer } from '../../src/flows/dispatching/workers.ts';
import { crashPointNames } from '../faults/crash-points.ts';
import { anEnvironment, type TestEnvironment } from '../store/an-environment.ts';
import { buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { settings } from './fleet.ts';
import { aModule, anUpdate, aReleasedWorld, standing, type World } from './world.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
let begin: () => Promise<World>;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
  begin = await aReleasedWorld(environment);
});
afterAll(() => close());

/** Not every consumer has effects, or listens to what we say. */
const table = consumersOf(settings).flatMap(({ name, effects, listening }) =>
  crashPointNames
    .filter((point) => point !== 'after-effect' || effects.length > 0)
    .filter((point) => point !== 'after-publish' || listening.some(({ exchange }) => exchange === 'facts'))
    .map((point) => ({ name, point })),
);

test.each(table)('$name crashes $point', async ({ name, point }) => {
  await everySeed({ to: 2 }, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    const report = await world.run({
      seed,
      crash: { part: name, point, occurrence: seed, purposes: ['handle', 'complete', 'timers'] },
      // Logs are dropped too, so that the keeper of logs has something to do.
      standing: { ...standing, timers: [leaseTimer] },
      arriving: [anUpdate('openssl', '2.0', { id: 'an update' }), aModule('one', '1'), aModule('two', '2')],
    });
    expect(report.crashed || seed > 1).toBe(true);
    await expectFresh(world);
    for (const image of ['base', 'runtime', 'client', 'server'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
  });
});
