/** Every consumer, ended once at every point where it matters: the same images come out. */
import { expect, test } from '@jest/globals';
import { consumersOf } from '../../consumers/catalogue.ts';
import { dropLogTimer } from '../../src/flows/dispatching/logs.ts';
import { crashPointNames } from '../faults/crash-points.ts';
import { buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { fedora, onFedora, settings, smallFleet } from './fleet.ts';
import { releasedWorlds } from './released-worlds.ts';
import { aBase, aModule, anUpdate, aPush, standing } from './world.ts';

/** The base alone brings it to `guest`: upgraded by itself before the base moved, that would rightly be built twice. */
const first = { 'openssl-libs': '1.0' };
const moved = { 'openssl-libs': '2.0' };

const images = [...smallFleet, onFedora('guest', { upgradeInherited: 'never', arches: ['x86_64'] })];

const { begin } = releasedWorlds(() => images, { [fedora]: { x86_64: first, aarch64: first } });

/** Not every consumer has effects, or listens to what we say. */
const table = consumersOf(settings).flatMap(({ name, effects, listening }) =>
  crashPointNames
    .filter((point) => point !== 'after-effect' || effects.length > 0)
    .filter((point) => point !== 'after-publish' || listening.some(({ exchange }) => exchange === 'facts'))
    .map((point) => ({ name, point })),
);

test.each(table)('$name crashes $point', async ({ name, point }) => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    world.bases.publish(fedora, { x86_64: moved, aarch64: moved });
    const report = await world.run({
      seed,
      crash: { part: name, point, occurrence: 1, purposes: ['handle', 'complete', 'timers'] },
      // Logs are dropped too, so that the keeper of logs has something to do.
      standing: { ...standing, timers: standing.timers?.filter((kind) => kind !== dropLogTimer) ?? [] },
      arriving: [
        anUpdate('openssl', '2.0', { id: 'an update' }),
        ...['one', 'two'].flatMap((id) => [
          aModule(id, `module ${id}`),
          aBase(`base ${id}`),
          aPush(`push ${id}`),
        ]),
      ],
    });
    expect(report.crashed).toBe(true);
    await expectFresh(world);
    for (const image of ['base', 'client', 'guest'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
  });
});
