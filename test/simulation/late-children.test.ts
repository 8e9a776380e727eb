/** What is built later than what it stands on, and what was not there yet to be asked about: none of it is lost. */
import { expect, test } from '@jest/globals';
import { Rule } from '../../schemas/files/rule.ts';
import { buildByHand, cancelBuild } from '../../src/flows/asking/by-hand.ts';
import { delayTimer } from '../../src/flows/dispatching/delays.ts';
import { inFlow } from '../store/flows/in-flow.ts';
import { buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { anImage, fleet } from './fleet.ts';
import { releasedWorlds } from './released-worlds.ts';
import { contents, expectSound } from './soundness.ts';
import { anUpdate, standing, type World } from './world.ts';

const { begin } = releasedWorlds();

const few = { to: 1 };
const hour = 3_600_000;

/** Comes to rest while the client may not start. */
const whileFrozen = {
  standing: { ...standing, timers: [...(standing.timers ?? []), delayTimer] },
  atRest: async () => true,
};

/** The update reaches base, runtime and server; the client is planned upon that runtime, and may not start yet. */
const lateClient = async (world: World, seed: number) => {
  const [from, until] = [0, 2].map((hours) => new Date(Date.now() + world.aheadMs + hours * hour));
  const freeze = { name: 'later', action: 'freeze', image: ['client'], from, until };
  world.definitions = {
    ...world.definitions,
    rules: [Rule.parse({ ...freeze, from: from?.toISOString(), until: until?.toISOString() })],
  };
  await world.run({ seed });
  world.repositories.publish('openssl', '2.0');
  await world.run({ seed, ...whileFrozen, arriving: [anUpdate('openssl', '2.0', { id: 'openssl' })] });
  expect(await buildsOf(world, 'runtime')).toEqual(['runtime-40-2 released']);
  expect(await buildsOf(world, 'client')).toEqual(['client-40-2 planned']);
};

test('what waits is built although its parent, built once more, is what it was', async () => {
  await everySeed(few, begin, async (world, seed) => {
    await lateClient(world, seed);
    await world.run({
      seed,
      ...whileFrozen,
      begin: async (flow) => void (await buildByHand(flow, 'runtime')),
    });
    expect(await buildsOf(world, 'runtime')).toContain('runtime-40-3 unchanged');
    await world.run({ seed });
    await expectFresh(world);
    expect(await buildsOf(world, 'client')).toEqual(['client-40-2 released']);
  });
});

test('where the parent is built once more and rejected, it is built upon the one before', async () => {
  await everySeed(few, begin, async (world, seed) => {
    await lateClient(world, seed);
    world.mishaps = ({ kind, nvr }) => (kind === 'test' && nvr === 'runtime-40-3' ? 'test-fails' : undefined);
    world.repositories.publish('python3.12', '2.0');
    await world.run({ seed, ...whileFrozen, arriving: [anUpdate('python3.12', '2.0', { id: 'python' })] });
    expect(await buildsOf(world, 'runtime')).toContain('runtime-40-3 rejected');
    await world.run({ seed });
    await expectSound(world);
    expect((await contents(world))['client.x86_64']).toMatchObject({ 'openssl-libs': '2.0', python3: '1.0' });
    expect(await buildsOf(world, 'client')).toEqual(['client-40-2 superseded', 'client-40-3 released']);
  });
});

test('where a person cancels a parent that is built once more, it is built upon the one before', async () => {
  await everySeed(few, begin, async (world, seed) => {
    await lateClient(world, seed);
    world.meanwhile = async ({ nvr }) => {
      if (nvr !== 'runtime-40-3') return [];
      world.meanwhile = async () => [];
      await inFlow(world, (flow) => cancelBuild(flow, world.settings, nvr));
      return [];
    };
    world.repositories.publish('python3.12', '2.0');
    await world.run({ seed, ...whileFrozen, arriving: [anUpdate('python3.12', '2.0', { id: 'python' })] });
    expect(await buildsOf(world, 'runtime')).toContain('runtime-40-3 cancelled');
    await world.run({ seed });
    await expectSound(world);
    expect((await contents(world))['client.x86_64']).toMatchObject({ 'openssl-libs': '2.0' });
  });
});

test('what a new image brings is seen to where it was updated while the image was built for the first time', async () => {
  await everySeed(few, begin, async (world, seed) => {
    const images = [...fleet, anImage({ name: 'tool', packages: ['openssl'], smokeTest: false })];
    world.definitions = { ...world.definitions, images };
    const planned = async () => (await buildsOf(world, 'base')).length > 0;
    world.mishaps = ({ image, arch }) => (image === 'tool' && arch === 'aarch64' ? 'refuse' : undefined);
    let told = false;
    world.bystander = {
      takes: ({ routingKey, body }) =>
        routingKey.endsWith('.flibs.archbuild.finished') && body.toString('utf8').includes('"image":"tool"'),
      answer: async () => {
        if (told) return [];
        told = true;
        world.repositories.publish('openssl', '2.0');
        world.meanwhile = async ({ image }) => {
          if (image !== 'tool' && (await planned())) world.mishaps = () => undefined;
          return [];
        };
        return [anUpdate('openssl', '2.0', { id: 'openssl', severity: 'urgent' })];
      },
    };
    await world.run({ seed });
    await expectFresh(world);
  });
});
