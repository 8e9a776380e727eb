/** Workers that fail, refuse, vanish or are gone: what is released in the end is the same. */
import { expect, test } from '@jest/globals';
import { waitingThings } from '../../src/api/queries/waiting.ts';
import { reconcileByHand } from '../../src/flows/asking/by-hand.ts';
import { retryBuild } from '../../src/flows/ending/retry-build.ts';
import { rowsOf } from '../store/an-environment.ts';
import { inFlow } from '../store/flows/in-flow.ts';
import { buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { releasedWorlds } from './released-worlds.ts';
import { contents, expectSound } from './soundness.ts';
import type { Mishap, Mishaps } from './stand-in-workers.ts';
import { anUpdate, type World } from './world.ts';

const worlds = releasedWorlds();
const { begin } = worlds;

const few = { to: 1 };

const update = async (world: World, seed: number) => {
  world.repositories.publish('openssl', '2.0');
  await world.run({ seed, arriving: [anUpdate('openssl', '2.0', { id: 'an update' })] });
};

const firstOf =
  (kind: 'build' | 'test', image: string, mishap: Mishap, arch?: string): Mishaps =>
  (command, attempt) =>
    command.kind === kind &&
    command.image === image &&
    attempt === 1 &&
    (arch ?? command.arch) === command.arch
      ? mishap
      : undefined;

test.each<[string, Mishaps]>([
  ['an arch build that its infrastructure fails is tried again', firstOf('build', 'base', 'infrastructure')],
  ['a smoke test that its infrastructure fails is tried again', firstOf('test', 'runtime', 'infrastructure')],
  ['what a worker refuses goes out again', (_command, attempt) => (attempt === 1 ? 'refuse' : undefined)],
  [
    'an arch build whose worker is lost is built by another run',
    firstOf('build', 'runtime', 'vanish', 'aarch64'),
  ],
  ['a smoke test whose worker is lost is run again', firstOf('test', 'base', 'vanish', 'x86_64')],
])('%s', async (_name, mishaps) => {
  await everySeed(few, begin, async (world, seed) => {
    world.mishaps = mishaps;
    await update(world, seed);
    await expectFresh(world);
    expect(await buildsOf(world, 'client')).toEqual(['client-40-2 released']);
  });
});

test('a command to a worker that is gone comes back, and another worker gets it', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.meanwhile = async () => {
      world.workers.leave('on-aarch64');
      return [];
    };
    await update(world, seed);
    await expectFresh(world);
  });
});

test('an arch that fails for good stops what is upon it; tried again by a person it is all released', async () => {
  await everySeed(few, begin, async (world, seed) => {
    const before = await contents(world);
    const builtBefore = new Set(
      (await rowsOf(worlds.environment.store, 'arch_build')).map((row) => row['id']),
    );
    world.mishaps = (command) =>
      command.kind === 'build' && command.image === 'runtime' && command.arch === 'aarch64'
        ? 'source'
        : undefined;
    await update(world, seed);
    await expectSound(world);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 released']);
    const rows = await rowsOf(worlds.environment.store, 'arch_build');
    const states = Object.fromEntries(
      rows
        .filter((row) => !builtBefore.has(row['id']))
        .map((row) => [`${row['image']}.${row['arch']}`, row['state']]),
    );
    expect(states).toEqual({
      'base.x86_64': 'succeeded',
      'base.aarch64': 'succeeded',
      'runtime.x86_64': 'succeeded',
      'runtime.aarch64': 'failed',
      'client.x86_64': 'succeeded',
      'client.aarch64': 'parent_failed',
      'server.x86_64': 'succeeded',
      'server.aarch64': 'parent_failed',
    });
    for (const image of ['runtime', 'client', 'server'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 failed`]);
    expect((await contents(world))['client.x86_64']).toEqual(before['client.x86_64']);

    world.mishaps = () => undefined;
    await world.run({
      seed,
      begin: async (flow) => {
        await retryBuild(flow, 'runtime-40-2');
      },
    });
    await expectFresh(world);
    expect(await buildsOf(world, 'client')).toEqual(['client-40-2 released']);
  });
});

test('what infrastructure failed for good is tried again by and by, and nothing else that failed', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.mishaps = ({ kind, image, arch }) => {
      if (kind !== 'build' || arch !== 'aarch64') return undefined;
      if (image === 'base') return 'infrastructure';
      return image === 'lonely' ? 'source' : undefined;
    };
    world.repositories.publish('musl', '2.0');
    world.repositories.publish('openssl', '2.0');
    const sources = ['musl', 'openssl'];
    await world.run({ seed, arriving: sources.map((source) => anUpdate(source, '2.0', { id: source })) });
    await expectSound(world);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 failed']);

    world.mishaps = () => undefined;
    const byHand = (dryRun: boolean) =>
      inFlow(world, (flow) => reconcileByHand(flow, world.settings, dryRun));
    expect((await byHand(true)).did).toBe('failed on infrastructure: base-40-2 (not tried again)');
    expect((await byHand(false)).did).toBe('failed on infrastructure: base-40-2 (tried again)');
    await world.run({ seed });
    await expectSound(world);
    expect(await buildsOf(world, 'client')).toEqual(['client-40-2 released']);
    expect(await buildsOf(world, 'lonely')).toEqual(['lonely-40-2 failed']);
  });
});

test('what failed for good is told of until it is tried again', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    world.mishaps = ({ image, arch }) => (image === 'runtime' && arch === 'aarch64' ? 'source' : undefined);
    await update(world, seed);
    const { db } = worlds.environment.store;
    expect(await waitingThings(db)).toEqual([
      {
        what: 'arch build runtime-40-2.aarch64',
        reason: 'failed: as the simulation wants it: source; `flibs retry runtime-40-2` tries it again',
        since: expect.any(String),
      },
    ]);
    world.mishaps = () => undefined;
    await world.run({ seed, begin: async (flow) => void (await retryBuild(flow, 'runtime-40-2')) });
    expect(await waitingThings(db)).toEqual([]);
  });
});

test('a failed smoke test rejects the image and takes along what was made upon it', async () => {
  await everySeed({ to: 3 }, begin, async (world, seed) => {
    const before = await contents(world);
    world.mishaps = (command) =>
      command.kind === 'test' && command.image === 'base' && command.arch === 'aarch64'
        ? 'test-fails'
        : undefined;
    await update(world, seed);
    await expectSound(world);
    expect(await contents(world)).toEqual(before);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 rejected']);
    for (const image of ['runtime', 'client', 'server'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 superseded`]);
  });
});
