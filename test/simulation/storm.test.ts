/** Many causes at once, told or not: each affected arch build is built once, or once more for what came while it ran. */
import { expect, test } from '@jest/globals';
import { buildsOf, expectFresh } from './every-seed.ts';
import { releasedWorlds } from './released-worlds.ts';
import { anUpdate, type World } from './world.ts';

const { begin } = releasedWorlds();

const sources = ['glibc', 'openssl', 'python3.12', 'curl', 'nginx'] as const;
const images = ['base', 'runtime', 'client', 'server'] as const;
const sourceOf = (number: number): string => sources[number % sources.length] ?? 'glibc';

const publish = (world: World, from: number, to: number): void => {
  for (let number = from; number < to; number += 1)
    world.repositories.publish(sourceOf(number), `${number + 2}`);
};

/** Every hundredth is urgent, so that a rebuild closes while others still come. */
const told = (number: number) =>
  anUpdate(sourceOf(number), `${number + 2}`, {
    id: `update ${number}`,
    severity: number % 100 === 50 ? 'urgent' : 'low',
  });

test('ten updates that no message told of are found, and each affected image is built once', async () => {
  const world = await begin();
  publish(world, 0, 10);
  await world.run({ seed: 1 });
  await expectFresh(world);
  for (const image of images) expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
  expect(await buildsOf(world, 'lonely')).toEqual([]);
});

test('of 500 updates in one moment, half of them while images are built, come one or two builds of each', async () => {
  const world = await begin();
  publish(world, 0, 250);
  let more = true;
  world.meanwhile = async () => {
    if (more) publish(world, 250, 500);
    more = false;
    return [];
  };
  await world.run({ seed: 2, arriving: Array.from({ length: 500 }, (_, number) => told(number)) });
  await expectFresh(world);
  for (const image of images) {
    const builds = await buildsOf(world, image);
    expect(builds.length).toBeGreaterThanOrEqual(1);
    expect(builds.length).toBeLessThanOrEqual(2);
  }
  expect(await buildsOf(world, 'lonely')).toEqual([]);
});
