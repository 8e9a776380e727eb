/** Many causes at once, told or not: each affected arch build is built once, or once more for what came while it ran. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { anEnvironment } from '../store/an-environment.ts';
import { buildsOf, expectFresh } from './every-seed.ts';
import { anUpdate, aReleasedWorld, type World } from './world.ts';

let close: () => Promise<void>;
let begin: () => Promise<World>;
beforeAll(async () => {
  const { environment, close: closeIt } = await anEnvironment();
  close = closeIt;
  begin = await aReleasedWorld(environment);
});
afterAll(() => close());

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
