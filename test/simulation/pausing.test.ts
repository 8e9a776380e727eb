/** What people pause is left alone or waits, and is seen to once it goes on: whatever the order of things. */
import { expect, test } from '@jest/globals';
import { ImageName } from '../../schemas/ids.ts';
import type { Pause, PauseSubject } from '../../schemas/pause.ts';
import { buildByHand } from '../../src/flows/asking/by-hand.ts';
import { pause, pauseTimer, resume } from '../../src/flows/pausing/pause.ts';
import type { Flow } from '../../src/runtime/consumer.ts';
import { newCause, runFlow } from '../../src/runtime/flow.ts';
import { buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { releasedWorlds } from './released-worlds.ts';
import { contents, expectSound } from './soundness.ts';
import { anUpdate, standing, type World } from './world.ts';

const worlds = releasedWorlds();
const { begin } = worlds;

const few = { to: 1 };
const openssl2 = () => anUpdate('openssl', '2.0', { id: 'openssl 2.0' });
const runtime: PauseSubject = { scope: 'image', image: ImageName.parse('runtime') };
const automatic: PauseSubject = { scope: 'automatic' };
const everything: PauseSubject = { scope: 'everything' };
const pauseOf = (subject: PauseSubject, until?: Date): Pause => ({
  ...subject,
  by: 'ann',
  reason: 'mending',
  ...(until === undefined ? {} : { until: until.toISOString() }),
});

const byThePerson = (world: World, work: (flow: Flow) => Promise<unknown>) =>
  runFlow(
    { ...worlds.environment, clock: { aheadMs: world.aheadMs } },
    { cause: newCause('a person'), log: worlds.environment.log, purpose: 'by-hand' },
    work,
  );

/** What is paused is no reason to let time go on. */
const waits = async () => true;

/** Why an image was left alone, as the newest rebuild says it. */
const leftAlone = async (image: string): Promise<string | undefined> =>
  (
    await worlds.environment.store.db
      .selectFrom('left_alone')
      .select('text')
      .where('image', '=', image)
      .orderBy('rebuild', 'desc')
      .executeTakeFirst()
  )?.text;

const updateReached = async (world: World, image: string): Promise<boolean> =>
  (await contents(world))[`${image}.x86_64`]?.['openssl-libs'] === '2.0';

test('a paused image is left alone and blocks what is upon it; once resumed all of it is rebuilt once', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    await byThePerson(world, (flow) => pause(flow, pauseOf(runtime)));
    await world.run({ seed, arriving: [openssl2()] });
    await expectSound(world);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 released']);
    expect(await leftAlone('runtime')).toMatch(
      /^paused by ann: mending; otherwise: its parent base is rebuilt/,
    );
    expect(await leftAlone('client')).toBe('blocked by runtime');

    await byThePerson(world, (flow) => resume(flow, runtime, 'ann'));
    await world.run({ seed });
    await expectFresh(world);
    for (const image of ['base', 'runtime', 'client'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
    // It has a package of openssl of its own, and did not have to wait for that.
    expect(await buildsOf(world, 'server')).toEqual(['server-40-2 released', 'server-40-3 released']);
  });
});

test('what automatic rebuilds left alone is rebuilt once they are resumed; people are served meanwhile', async () => {
  await everySeed(few, begin, async (world, seed) => {
    await byThePerson(world, (flow) => pause(flow, pauseOf(automatic)));
    world.repositories.publish('openssl', '2.0');
    await world.run({ seed, arriving: [openssl2()] });
    await expectSound(world);
    expect(await updateReached(world, 'base')).toBe(false);
    expect(await leftAlone('base')).toMatch(/^automatic rebuilds are paused by ann: mending; otherwise: /);

    world.repositories.publish('musl', '2.0');
    await world.run({ seed, begin: async (flow) => void (await buildByHand(flow, 'lonely')) });
    expect(await buildsOf(world, 'lonely')).toEqual(['lonely-40-2 released']);

    await byThePerson(world, (flow) => resume(flow, automatic, 'bob'));
    await world.run({ seed });
    await expectFresh(world);
    for (const image of ['base', 'runtime', 'client', 'server', 'lonely'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
  });
});

test('an image that is paused while it waits does not start, and goes on when it is resumed', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    world.meanwhile = async ({ kind, image }) => {
      if (kind === 'build' && image === 'base' && (await buildsOf(world, 'runtime')).length > 0) {
        world.meanwhile = async () => [];
        await byThePerson(world, (flow) => pause(flow, pauseOf(runtime)));
      }
      return [];
    };
    await world.run({ seed, arriving: [openssl2()], atRest: waits });
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 released']);
    expect(await buildsOf(world, 'runtime')).toEqual(['runtime-40-2 planned']);

    await byThePerson(world, (flow) => resume(flow, runtime, 'ann'));
    await world.run({ seed });
    await expectFresh(world);
    expect(await buildsOf(world, 'client')).toEqual(['client-40-2 released']);
  });
});

test('everything paused in the middle of a rebuild: what runs ends, nothing new starts, and all of it goes on', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    let paused = false;
    let begun = 0;
    world.meanwhile = async ({ kind }) => {
      if (paused) begun += 1;
      else if (kind === 'build') {
        paused = true;
        await byThePerson(world, (flow) => pause(flow, pauseOf(everything)));
      }
      return [];
    };
    await world.run({ seed, arriving: [openssl2()], atRest: waits });
    // A dispatcher sends both arches of the base at once: the second may be on its way.
    expect(begun).toBeLessThanOrEqual(1);
    expect(await buildsOf(world, 'client')).toEqual(['client-40-2 planned']);

    world.meanwhile = async () => [];
    await byThePerson(world, (flow) => resume(flow, everything, 'ann'));
    await world.run({ seed });
    await expectFresh(world);
    for (const image of ['base', 'runtime', 'client', 'server'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
  });
});

test('a pause ends by itself when its time is up', async () => {
  const untilItEnds = { ...standing, timers: [...(standing.timers ?? []), pauseTimer] };
  await everySeed(few, begin, async (world, seed) => {
    world.repositories.publish('openssl', '2.0');
    await byThePerson(world, (flow) => pause(flow, pauseOf(runtime, new Date(flow.now.getTime() + 900_000))));
    await world.run({ seed, arriving: [openssl2()], standing: untilItEnds });
    expect(await leftAlone('runtime')).toMatch(/^paused by ann until 2.*Z: mending; otherwise: /);
    expect(await buildsOf(world, 'runtime')).toEqual([]);

    await world.run({ seed });
    await expectFresh(world);
    expect(await buildsOf(world, 'runtime')).toEqual(['runtime-40-2 released']);
    expect(await worlds.environment.store.db.selectFrom('pause').selectAll().execute()).toMatchObject([
      { image: 'runtime', ended_by: null, ended_at: expect.any(Date) },
    ]);
  });
});
