/** Updates of every kind, at any moment: each image is rebuilt where it must be, and no more often. */
import { expect, test } from '@jest/globals';
import type { Outgoing } from '../../src/bus/port.ts';
import { buildByHand, cancelBuild, cancelRebuild } from '../../src/flows/asking/by-hand.ts';
import { wantDefinitions } from '../../src/flows/defining/definitions.ts';
import type { Flow } from '../../src/runtime/consumer.ts';
import { newCause, runFlow } from '../../src/runtime/flow.ts';
import { archesOf, buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { anImage, fleet } from './fleet.ts';
import { releasedWorlds } from './released-worlds.ts';
import { contents, expectSound } from './soundness.ts';
import type { Meanwhile } from './stand-in-workers.ts';
import { anUpdate, type World } from './world.ts';

const worlds = releasedWorlds();
const { begin } = worlds;

const few = { to: 1 };
const openssl2 = () => anUpdate('openssl', '2.0', { id: 'openssl 2.0' });

/** Of the rebuilds since the beginning. */
const rebuildStates = async (world: World): Promise<readonly string[]> => {
  const rows = await world.environment.store.db
    .selectFrom('rebuild')
    .select('state')
    .where('id', '>', 1)
    .orderBy('id')
    .execute();
  return rows.map(({ state }) => state);
};

/** Something happens once, when a worker takes such a command. */
const onceAt = (
  at: { kind: 'build' | 'test'; image: string },
  happens: () => readonly Outgoing[] | Promise<readonly Outgoing[]>,
): Meanwhile => {
  let happened = false;
  return async ({ kind, image }) => {
    if (happened || kind !== at.kind || image !== at.image) return [];
    happened = true;
    return happens();
  };
};

const byThePerson = (work: (flow: Flow) => Promise<unknown>) =>
  runFlow(
    worlds.environment,
    { cause: newCause('a person'), log: worlds.environment.log, purpose: 'by-hand' },
    work,
  );

test('an update that no message told of is found in the repositories', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    await world.run({ seed });
    await expectFresh(world);
  });
});

test('an update on one arch rebuilds that arch and carries the other; later the other way round', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0', ['x86_64']);
    await world.run({ seed, arriving: [openssl2()] });
    await expectFresh(world);
    for (const image of ['base', 'runtime', 'client', 'server'])
      expect(await archesOf(world, image)).toEqual(['2.x86_64 succeeded']);
    expect(await archesOf(world, 'lonely')).toEqual([]);

    world.repositories.publish('openssl', '2.0', ['aarch64']);
    await world.run({ seed });
    await expectFresh(world);
    expect(await archesOf(world, 'client')).toEqual(['2.x86_64 succeeded', '3.aarch64 succeeded']);
  });
});

test('a second update while images are being built is in all of them, after one more build at most', async () => {
  await everySeed({ to: 2 }, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    world.meanwhile = onceAt({ kind: 'build', image: 'client' }, () => {
      world.repositories.publish('openssl', '3.0');
      return [anUpdate('openssl', '3.0', { id: 'openssl 3.0', severity: seed % 2 === 0 ? 'high' : 'low' })];
    });
    await world.run({ seed, arriving: [openssl2()] });
    await expectFresh(world);
    expect(await buildsOf(world, 'base')).toHaveLength(2);
    expect((await buildsOf(world, 'client')).length).toBeLessThanOrEqual(2);
  });
});

test('a second update while images are being tested never moves tags back', async () => {
  await everySeed({ to: 2 }, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    world.meanwhile = onceAt({ kind: 'test', image: 'base' }, () => {
      world.repositories.publish('openssl', '3.0');
      return [anUpdate('openssl', '3.0', { id: 'openssl 3.0', severity: 'urgent' })];
    });
    await world.run({ seed, arriving: [openssl2()] });
    await expectFresh(world);
  });
});

test('what carries an arch of a rejected image is built anew on the baseline', async () => {
  await everySeed({ to: 2 }, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    world.mishaps = ({ kind, nvr }) => (kind === 'test' && nvr === 'base-40-2' ? 'test-fails' : undefined);
    world.meanwhile = onceAt({ kind: 'test', image: 'base' }, () => {
      world.repositories.publish('glibc', '2.0', ['x86_64']);
      return [anUpdate('glibc', '2.0', { id: 'glibc 2.0', severity: 'urgent' })];
    });
    await world.run({ seed, arriving: [openssl2()] });
    await expectSound(world);
    expect((await buildsOf(world, 'base'))[0]).toBe('base-40-2 rejected');
    expect((await contents(world))['client.x86_64']).toMatchObject({ glibc: '2.0', 'openssl-libs': '2.0' });
  });
});

test('a build by hand that changes nothing publishes nothing and stops there', async () => {
  await everySeed(few, begin, async (world, seed) => {
    await world.run({ seed, begin: async (flow) => void (await buildByHand(flow, 'runtime')) });
    await expectFresh(world);
    expect(await archesOf(world, 'runtime')).toEqual(['2.aarch64 unchanged', '2.x86_64 unchanged']);
    expect(await archesOf(world, 'client')).toEqual(['2.aarch64 unchanged', '2.x86_64 unchanged']);
    expect(await buildsOf(world, 'server')).toEqual(['server-40-2 unchanged']);
    expect(await buildsOf(world, 'base')).toEqual([]);
  });
});

test('a build by hand of an image that is being built follows afterwards, once', async () => {
  await everySeed({ to: 2 }, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    world.meanwhile = onceAt({ kind: 'build', image: 'client' }, async () => {
      await byThePerson((flow) => buildByHand(flow, 'client'));
      return [anUpdate('musl', '1.0', { id: 'something else', severity: 'urgent' })];
    });
    await world.run({ seed, arriving: [openssl2()] });
    await expectFresh(world);
    expect(await buildsOf(world, 'client')).toEqual(['client-40-2 released', 'client-40-3 unchanged']);
  });
});

test('an arch that comes out unchanged is carried, also by what is upon it', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.repositories.publish('python3.12', '2.0', ['aarch64']);
    world.repositories.break('away');
    await world.run({
      seed,
      begin: async (flow) => {
        await buildByHand(flow, 'runtime');
        world.repositories.break();
      },
    });
    await expectFresh(world);
    expect(await archesOf(world, 'runtime')).toEqual(['2.aarch64 succeeded', '2.x86_64 unchanged']);
    expect(await archesOf(world, 'client')).toEqual(['2.aarch64 succeeded', '2.x86_64 unchanged']);
  });
});

const changed = (name: string, label: string) =>
  fleet.map((image) =>
    image.name === name
      ? anImage({ name, parent: 'base', packages: ['python3'], source: label, label })
      : image,
  );

test('a changed source is built on every arch, with everything upon it', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.definitions = { ...world.definitions, images: changed('runtime', 'another') };
    await world.run({ seed });
    await expectFresh(world);
    expect(await buildsOf(world, 'base')).toEqual([]);
    for (const image of ['runtime', 'client', 'server'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
  });
});

test('a source that changes while its parent is being built is built afterwards', async () => {
  await everySeed({ to: 2 }, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    world.meanwhile = onceAt({ kind: 'build', image: 'base' }, async () => {
      world.definitions = { ...world.definitions, images: changed('runtime', 'another') };
      await byThePerson(wantDefinitions);
      return [];
    });
    await world.run({ seed, arriving: [openssl2()] });
    await expectFresh(world);
    const newest = await worlds.environment.store.db
      .selectFrom('build')
      .select('tree_id')
      .where('image', '=', 'runtime')
      .where('state', '=', 'released')
      .orderBy('id', 'desc')
      .executeTakeFirst();
    expect(newest?.tree_id).toBe(world.definitions.images.find(({ name }) => name === 'runtime')?.treeId);
  });
});

test('a source that changes back while it is being built is built as it is now', async () => {
  await everySeed(few, begin, async (world, seed) => {
    const before = world.definitions;
    world.definitions = { ...before, images: changed('runtime', 'another') };
    world.meanwhile = onceAt({ kind: 'build', image: 'runtime' }, async () => {
      world.definitions = before;
      await byThePerson(wantDefinitions);
      return [];
    });
    await world.run({ seed });
    await expectFresh(world);
    expect(await buildsOf(world, 'runtime')).toEqual(['runtime-40-2 released', 'runtime-40-3 released']);
  });
});

test('an image that failed for good is built from its next source', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    world.mishaps = ({ kind, nvr, arch }) =>
      kind === 'build' && nvr === 'runtime-40-2' && arch === 'aarch64' ? 'source' : undefined;
    await world.run({ seed, arriving: [openssl2()] });
    await expectSound(world);
    world.definitions = { ...world.definitions, images: changed('runtime', 'mended') };
    await world.run({ seed });
    await expectFresh(world);
    expect(await buildsOf(world, 'client')).toEqual(['client-40-2 failed', 'client-40-3 released']);
  });
});

test.each(['base', 'runtime', 'client'] as const)(
  'a rebuild that is cancelled while %s is built releases no more; the next one brings everything',
  async (image) => {
    await everySeed(few, begin, async (world, seed) => {
      world.repositories.publish('openssl', '2.0');
      world.meanwhile = onceAt({ kind: 'build', image }, async () => {
        const { id } = await worlds.environment.store.db
          .selectFrom('rebuild')
          .select('id')
          .where('state', '=', 'running')
          .executeTakeFirstOrThrow();
        await byThePerson((flow) => cancelRebuild(flow, world.settings, id));
        return [];
      });
      await world.run({ seed, arriving: [openssl2()] });
      await expectSound(world);
      expect(await rebuildStates(world)).toEqual(['cancelled']);
      world.meanwhile = async () => [];
      await world.run({ seed, arriving: [anUpdate('openssl', '2.0', { id: 'said once more' })] });
      await expectFresh(world);
    });
  },
);

test.each(['build', 'test'] as const)(
  'a build that is cancelled during its %s takes along what was made upon it',
  async (kind) => {
    await everySeed(few, begin, async (world, seed) => {
      world.repositories.publish('openssl', '2.0');
      world.meanwhile = onceAt({ kind, image: 'base' }, async () => {
        await byThePerson((flow) => cancelBuild(flow, world.settings, 'base-40-2'));
        return [];
      });
      await world.run({ seed, arriving: [openssl2()] });
      await expectSound(world);
      expect(await buildsOf(world, 'base')).toEqual(['base-40-2 cancelled']);
      expect(await buildsOf(world, 'client')).toEqual(['client-40-2 superseded']);
    });
  },
);
