/** Withdrawals beside pauses, rules, holds and builds under way: seen to once nothing is in their way any more. */
import { expect, test } from '@jest/globals';
import { LoadedDistroRelease } from '../../schemas/files/distro-release.ts';
import { Rule } from '../../schemas/files/rule.ts';
import { ImageName } from '../../schemas/ids.ts';
import type { PauseSubject } from '../../schemas/pause.ts';
import { waitingThings } from '../../src/api/queries/waiting.ts';
import { pause, resume } from '../../src/flows/pausing/pause.ts';
import { holdTimer } from '../../src/flows/planning/held.ts';
import { prune } from '../../src/runtime/prune.ts';
import { rowsOf } from '../store/an-environment.ts';
import { inFlow } from '../store/flows/in-flow.ts';
import { archesOf, buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { fleet, release } from './fleet.ts';
import { releasedWorlds } from './released-worlds.ts';
import { contents, expectSound } from './soundness.ts';
import { anUntag, anUpdate, aTag, standing, type World } from './world.ts';

const worlds = releasedWorlds();
const { begin: released } = worlds;

const few = { to: 1 };
const base: PauseSubject = { scope: 'image', image: ImageName.parse('base') };
const untagged = (version: string) => anUntag('openssl', version, `openssl ${version} is untagged`);
const rebuilding = fleet.map((image) => ({ ...image, onWithdrawal: 'rebuild' as const }));

/** openssl 1.0, which all but `lonely` hold, is gone from the repositories; 0.9 is what they have. */
const begin = async (): Promise<World> => {
  const world = await released();
  world.definitions = { ...world.definitions, images: rebuilding };
  world.repositories.publish('openssl', '0.9');
  world.repositories.withdraw('openssl', '1.0');
  return world;
};

const left = async (image: string): Promise<readonly string[]> =>
  (await rowsOf(worlds.environment.store, 'left_alone'))
    .filter((row) => row['rebuild'] !== 1 && row['image'] === image)
    .map((row) => String(row['text']));

const told = async (): Promise<readonly string[]> =>
  (await waitingThings(worlds.environment.store.db)).map(({ what, reason }) => `${what} ${reason}`);

const pauseBase = (world: World) =>
  inFlow(world, (flow) => pause(flow, { ...base, by: 'ann', reason: 'mending' }));
const resumeBase = (world: World) => inFlow(world, (flow) => resume(flow, base, 'ann'));

test('a paused image goes on to hold it, which is told, and is rebuilt once it is resumed', async () => {
  await everySeed({ to: 2 }, begin, async (world, seed) => {
    await pauseBase(world);
    await world.run({ seed, arriving: [untagged('1.0')] });
    await expectSound(world);
    expect(await buildsOf(world, 'base')).toEqual([]);
    expect((await left('base')).join('\n')).toMatch(
      /^paused by ann: mending; otherwise: openssl-1\.0-1\.fc40 was withdrawn: /,
    );
    expect((await told()).join('\n')).toMatch(/^image base .* holds openssl-libs of openssl-1\.0-1\.fc40/m);

    await resumeBase(world);
    await world.run({ seed });
    await expectFresh(world);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 released']);
    expect(await told()).toEqual([]);
  });
});

test('what is to be had again meanwhile is not withdrawn when the image is resumed', async () => {
  await everySeed(few, begin, async (world, seed) => {
    await pauseBase(world);
    await world.run({ seed, arriving: [untagged('1.0')] });
    await world.run({ seed, arriving: [aTag('openssl', '1.0', 'tagged again')] });
    await resumeBase(world);
    await world.run({ seed });
    await expectSound(world);
    expect(await buildsOf(world, 'base')).toEqual([]);
  });
});

test('a rule may deny it, and it is nominated anew when the rule goes', async () => {
  await everySeed(few, begin, async (world, seed) => {
    const rule = Rule.parse({ name: 'not-back', action: 'deny', update: ['withdrawal'], image: ['*'] });
    world.definitions = { ...world.definitions, rules: [rule] };
    await world.run({ seed });
    await world.run({ seed, arriving: [untagged('1.0')] });
    await expectSound(world);
    expect((await left('base')).join('\n')).toMatch(
      /^denied by rule not-back; otherwise: openssl-1\.0-1\.fc40 was withdrawn: /m,
    );

    world.definitions = { ...world.definitions, rules: [] };
    await world.run({ seed });
    await expectFresh(world);
    for (const image of ['base', 'runtime', 'client'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
  });
});

/** openssl 2.0 comes for x86_64 first, so that aarch64 waits for it; then it is withdrawn. */
const withdrawnWhileHeld = async (world: World, seed: number) => {
  const beforeDeadlines = { ...standing, timers: [...(standing.timers ?? []), holdTimer] };
  const held = LoadedDistroRelease.parse({ ...release, hold: { hours: 6 } });
  world.definitions = { ...world.definitions, releases: [held] };
  await world.run({ seed });
  world.repositories.publish('openssl', '2.0', ['x86_64']);
  const update = anUpdate('openssl', '2.0', { id: 'openssl 2.0' });
  await world.run({ seed, arriving: [update], standing: beforeDeadlines });
  expect(await archesOf(world, 'base')).toEqual(['2.aarch64 held', '2.x86_64 succeeded']);
  world.repositories.withdraw('openssl', '2.0', ['x86_64']);
  await world.run({ seed, arriving: [untagged('2.0')], standing: beforeDeadlines });
  await expectSound(world);
};

test('nothing waits for it any more, and what was built with it meanwhile is rebuilt', async () => {
  await everySeed(few, released, async (world, seed) => {
    world.definitions = { ...world.definitions, images: rebuilding };
    await withdrawnWhileHeld(world, seed);
    await expectFresh(world);
    expect(await archesOf(world, 'base')).toEqual([
      '2.aarch64 unchanged',
      '2.x86_64 succeeded',
      '3.x86_64 succeeded',
    ]);
  });
});

test('or told of, where the image does not say that it is to be rebuilt', async () => {
  await everySeed(few, released, async (world, seed) => {
    await withdrawnWhileHeld(world, seed);
    expect(await contents(world)).toMatchObject({
      'base.x86_64': { 'openssl-libs': '2.0' },
      'base.aarch64': { 'openssl-libs': '1.0' },
    });
    expect((await told()).join('\n')).toMatch(/^image base \(x86_64\) holds openssl-libs of openssl-2\.0/m);
  });
});

test('it is forgotten once no image holds it, and none can come to', async () => {
  const world = await begin();
  await world.run({ seed: 1, arriving: [untagged('1.0')] });
  await expectFresh(world);
  expect(await rowsOf(worlds.environment.store, 'withdrawal')).toHaveLength(1);
  await prune(worlds.environment);
  expect(await rowsOf(worlds.environment.store, 'withdrawal')).toEqual([]);
});

test('it is kept in mind while an image holds it', async () => {
  const world = await begin();
  world.definitions = { ...world.definitions, images: fleet };
  await world.run({ seed: 1, arriving: [untagged('1.0')] });
  await prune(worlds.environment);
  expect(await rowsOf(worlds.environment.store, 'withdrawal')).toHaveLength(1);
});
