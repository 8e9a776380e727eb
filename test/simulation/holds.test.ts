/** Availability holds: an arch whose repository lags holds the index, until its package is on offer or its time is up. */
import { expect, test } from '@jest/globals';
import { LoadedDistroRelease } from '../../schemas/files/distro-release.ts';
import { waitingThings } from '../../src/api/queries/waiting.ts';
import { why } from '../../src/api/queries/why.ts';
import { retryBuild } from '../../src/flows/ending/retry-build.ts';
import { holdTimer } from '../../src/flows/planning/held.ts';
import { rowsOf } from '../store/an-environment.ts';
import { inFlow } from '../store/flows/in-flow.ts';
import { archesOf, buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { anImage, type ImageOptions, release } from './fleet.ts';
import { releasedWorlds } from './released-worlds.ts';
import { expectSound } from './soundness.ts';
import { anUpdate, standing, type World } from './world.ts';

const worlds = releasedWorlds(() => imagesWith({}));
const { begin } = worlds;

const imagesWith = (base: Partial<ImageOptions>) => [
  anImage({ name: 'base', packages: ['openssl-libs', 'glibc'], smokeTest: false, ...base }),
  anImage({ name: 'app', parent: 'base', packages: ['curl'], smokeTest: false }),
];

const seeds = { to: 1 };

/** Six hours, unless the world says otherwise. */
const lasting = (world: World, hold: Partial<LoadedDistroRelease['hold']> = {}) => {
  const definition = { ...release, hold: { hours: 6, ...hold } };
  world.definitions = { ...world.definitions, releases: [LoadedDistroRelease.parse(definition)] };
};

/** Comes to rest while holds last. */
const beforeDeadlines = { ...standing, timers: [...(standing.timers ?? []), holdTimer] };

let updates = 0;
const update = (source: string, version = '2.0') => {
  updates += 1;
  return anUpdate(source, version, { id: `update ${updates}` });
};

/** openssl is there for x86_64 first. */
const oneArchLate = async (world: World, seed: number) => {
  await world.run({ seed, standing: beforeDeadlines });
  world.repositories.publish('openssl', '2.0', ['x86_64']);
  await world.run({ seed, standing: beforeDeadlines, arriving: [update('openssl')] });
};

const said = (world: World, topic: string): readonly Record<string, unknown>[] => {
  const bodies = world.published
    .filter(({ routingKey }) => routingKey === `${world.settings.topicPrefix}.${topic}`)
    .map(({ messageId, body }) => [messageId, JSON.parse(body.toString('utf8'))] as const);
  return [...new Map(bodies).values()];
};

const waits = /^waits for openssl-libs-2.0-1.fc40.aarch64, so far on offer only for x86_64; until 20.*Z$/;

test('siblings are built, the index waits, and one release has all arches', async () => {
  await everySeed(seeds, begin, async (world, seed) => {
    lasting(world);
    await oneArchLate(world, seed);
    expect(await archesOf(world, 'base')).toEqual(['2.aarch64 held', '2.x86_64 succeeded']);
    expect(await archesOf(world, 'app')).toEqual(['2.aarch64 blocked', '2.x86_64 succeeded']);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 building']);
    expect(said(world, 'flibs.archbuild.held')).toMatchObject([
      { nvr: 'base-40-2', arch: 'aarch64', awaits: [expect.stringContaining('openssl-libs')] },
    ]);

    world.repositories.publish('openssl', '2.0', ['aarch64']);
    await world.run({ seed, standing: beforeDeadlines, arriving: [update('openssl')] });
    await expectFresh(world);
    for (const image of ['base', 'app'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
    const ready = said(world, 'flibs.image.candidate.ready');
    expect(JSON.stringify(ready.filter(({ nvr }) => nvr === 'base-40-2'))).not.toContain('carriedFrom');
  });
});

test('a look by time ends it too, without a message', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    lasting(world);
    await oneArchLate(world, seed);
    world.repositories.publish('openssl', '2.0', ['aarch64']);
    world.aheadMs += 600_000;
    await world.run({ seed, standing: beforeDeadlines });
    await expectFresh(world);
    expect(await buildsOf(world, 'app')).toEqual(['app-40-2 released']);
  });
});

test('why and status tell what is waited for, and until when', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    lasting(world);
    await oneArchLate(world, seed);
    const { db } = worlds.environment.store;
    const answer = await why(db, 'base-40-2');
    expect(answer?.build?.archBuilds[0]).toMatchObject({
      arch: 'aarch64',
      state: 'held',
      waiting: expect.stringMatching(waits),
    });
    expect(await waitingThings(db)).toContainEqual({
      what: 'arch build base-40-2.aarch64',
      reason: expect.stringMatching(waits),
      since: expect.any(String),
    });
  });
});

test.each([
  { atDeadline: 'alarm', alarms: 1 },
  { atDeadline: 'wait', alarms: 0 },
] as const)(
  'at its deadline it waits on; $atDeadline tells $alarms times',
  async ({ atDeadline, alarms }) => {
    await everySeed(seeds, begin, async (world, seed) => {
      lasting(world, { atDeadline });
      await oneArchLate(world, seed);
      await world.run({ seed });
      expect(await archesOf(world, 'base')).toEqual(['2.aarch64 held', '2.x86_64 succeeded']);
      expect(said(world, 'flibs.archbuild.overdue')).toHaveLength(alarms);
      const [first] = await waitingThings(worlds.environment.store.db);
      expect(first?.reason).toContain('overdue since');

      world.repositories.publish('openssl', '2.0', ['aarch64']);
      await world.run({ seed, arriving: [update('openssl')] });
      await expectFresh(world);
      expect(await buildsOf(world, 'app')).toEqual(['app-40-2 released']);
    });
  },
);

test.each([
  { name: 'the distro release drops', hold: { atDeadline: 'drop' }, bestEffort: [] },
  { name: 'the arch is a best-effort one', hold: { atDeadline: 'alarm' }, bestEffort: ['aarch64'] },
] as const)('at its deadline it is left out where $name, and follows later', async ({ hold, bestEffort }) => {
  await everySeed(seeds, begin, async (world, seed) => {
    lasting(world, hold);
    world.definitions = { ...world.definitions, images: imagesWith({ bestEffort }) };
    await oneArchLate(world, seed);
    await world.run({ seed });
    await expectSound(world);
    for (const image of ['base', 'app'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
    const ready = said(world, 'flibs.image.candidate.ready').find(({ nvr }) => nvr === 'base-40-2');
    expect(ready).toMatchObject({
      arches: [{ arch: 'aarch64', carriedFrom: 'base-40-1' }, { arch: 'x86_64' }],
      stale: [{ arch: 'aarch64', error: expect.stringMatching(/^not on offer by 20.*openssl-libs-2.0/) }],
    });

    world.repositories.publish('openssl', '2.0', ['aarch64']);
    await world.run({ seed, arriving: [update('openssl')] });
    await expectFresh(world);
    expect(await archesOf(world, 'base')).toContainEqual('3.aarch64 succeeded');
    expect(await rowsOf(worlds.environment.store, 'stale_arch')).toEqual([]);
  });
});

test('what else there is to build it for is built at the deadline, without what is not on offer', async () => {
  await everySeed(seeds, begin, async (world, seed) => {
    lasting(world, { atDeadline: 'drop' });
    await oneArchLate(world, seed);
    world.repositories.publish('glibc', '2.0');
    await world.run({ seed, standing: beforeDeadlines, arriving: [update('glibc')] });
    expect(await archesOf(world, 'base')).toContainEqual('2.aarch64 held');
    await world.run({ seed });
    await expectFresh(world);
    expect(await archesOf(world, 'base')).toContainEqual('2.aarch64 succeeded');
  });
});

test('another policy ends what is overdue', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    lasting(world);
    await oneArchLate(world, seed);
    await world.run({ seed });
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 building']);
    lasting(world, { atDeadline: 'drop' });
    world.aheadMs += 600_000;
    await world.run({ seed });
    await expectSound(world);
    expect(await buildsOf(world, 'app')).toEqual(['app-40-2 released']);
  });
});

test('a source that comes without the package ends the hold: not offered, and carried', async () => {
  await everySeed(seeds, begin, async (world, seed) => {
    lasting(world);
    await oneArchLate(world, seed);
    world.repositories.publish('openssl', '2.0', ['aarch64'], ['openssl']);
    await world.run({ seed, standing: beforeDeadlines, arriving: [update('openssl')] });
    await expectFresh(world);
    expect(await archesOf(world, 'base')).toEqual(['2.aarch64 unchanged', '2.x86_64 succeeded']);
    expect(await archesOf(world, 'app')).toEqual(['2.aarch64 unchanged', '2.x86_64 succeeded']);
    const reasons = (await rowsOf(worlds.environment.store, 'left_alone')).map(({ reason }) => reason);
    expect(reasons).toContainEqual(expect.objectContaining({ kind: 'not-offered' }));
  });
});

test('what fails below it meanwhile does not make it forget what it waits for', async () => {
  await everySeed(seeds, begin, async (world, seed) => {
    lasting(world);
    await world.run({ seed, standing: beforeDeadlines });
    world.repositories.publish('openssl', '2.0');
    world.repositories.publish('curl', '2.0', ['x86_64']);
    world.mishaps = ({ image, arch }) => (image === 'base' && arch === 'aarch64' ? 'source' : undefined);
    await world.run({ seed, standing: beforeDeadlines, arriving: [update('openssl'), update('curl')] });
    expect(await archesOf(world, 'app')).toContainEqual('2.aarch64 parent_failed');

    world.mishaps = () => undefined;
    await inFlow(world, (flow) => retryBuild(flow, 'base-40-2'));
    await world.run({ seed, standing: beforeDeadlines });
    expect(await archesOf(world, 'app')).toEqual(['2.aarch64 held', '2.x86_64 succeeded']);
    world.repositories.publish('curl', '2.0', ['aarch64']);
    await world.run({ seed, standing: beforeDeadlines, arriving: [update('curl')] });
    await expectFresh(world);
    expect(await buildsOf(world, 'app')).toEqual(['app-40-2 released']);
  });
});

test('a changed source does not wait for the end of a hold; what the arch lags behind with follows', async () => {
  await everySeed(seeds, begin, async (world, seed) => {
    lasting(world);
    await oneArchLate(world, seed);
    world.definitions = { ...world.definitions, images: imagesWith({ source: 'another', label: 'another' }) };
    world.aheadMs += 600_000;
    await world.run({ seed, standing: beforeDeadlines });
    await expectFresh(world);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 superseded', 'base-40-3 released']);
    expect((await buildsOf(world, 'app')).at(-1)).toMatch(/ released$/);

    world.repositories.publish('openssl', '2.0', ['aarch64']);
    await world.run({ seed, standing: beforeDeadlines, arriving: [update('openssl')] });
    await expectFresh(world);
    expect((await archesOf(world, 'base')).at(-1)).toBe('4.aarch64 succeeded');
  });
});
