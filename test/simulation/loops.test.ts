/** The loop guard: an image that its own releases have rebuilt, with what it was before, stops and says so. */
import { expect, test } from '@jest/globals';
import { waitingThings } from '../../src/api/queries/waiting.ts';
import { why } from '../../src/api/queries/why.ts';
import { causationHeader } from '../../src/bus/causation.ts';
import { buildByHand } from '../../src/flows/asking/by-hand.ts';
import { retryBuild } from '../../src/flows/ending/retry-build.ts';
import { mostRounds } from '../../src/planning/loop.ts';
import { rowsOf } from '../store/an-environment.ts';
import { inFlow } from '../store/flows/in-flow.ts';
import { buildsOf, everySeed } from './every-seed.ts';
import { anImage } from './fleet.ts';
import { nobody, type Outside } from './post.ts';
import { releasedWorlds } from './released-worlds.ts';
import { expectSound } from './soundness.ts';
import { aPush, type World } from './world.ts';

const worlds = releasedWorlds(() => imagesOf('one'));
const { begin } = worlds;

const imagesOf = (source: string) => [
  anImage({ name: 'base', packages: ['glibc'], source, label: source, smokeTest: false }),
  anImage({ name: 'app', parent: 'base', packages: ['curl'], smokeTest: false }),
];

const commit = (world: World, source: string) => {
  world.definitions = { ...world.definitions, images: imagesOf(source) };
};

const oneOrOther = (round: number): string => (round % 2 === 1 ? 'one' : 'other');

/** Commits what there was before the last commit, whenever the base is released; or what comes next each time. */
const aBot = (world: World, sources: (round: number) => string = oneOrOther): Outside => {
  const answered = new Set<string>();
  return {
    takes: ({ routingKey, body }) =>
      routingKey.endsWith('.flibs.image.released') && body.toString('utf8').includes('"image":"base"'),
    answer: async ({ messageId }) => {
      if (answered.has(messageId)) return [];
      answered.add(messageId);
      commit(world, sources(answered.size));
      const push = aPush(`because of ${messageId}`, { repo: 'base' });
      return [{ ...push, headers: { [causationHeader]: messageId } }];
    },
  };
};

const alarms = ({ published }: World) => {
  const said = published.filter(({ routingKey }) => routingKey.endsWith('.flibs.image.looped'));
  return [
    ...new Map(said.map(({ messageId, body }) => [messageId, JSON.parse(body.toString('utf8'))])).values(),
  ];
};

/** Time does not outrun messages: what a look by time finds names no cause. */
const patient = { impatient: 0 };

const reason =
  'a loop: it has the content of base-40-2, whose effects led to it (base-40-2 -> base-40-3 -> base-40-4); stopped here, `flibs retry base-40-4` goes on with it';

const loop = async (world: World, seed: number) => {
  world.bystander = aBot(world);
  commit(world, 'other');
  await world.run({ seed, odds: patient });
};

test('the image stops, with an alarm for each arch, and what stands upon it', async () => {
  await everySeed({ to: 2 }, begin, async (world, seed) => {
    await loop(world, seed);
    await expectSound(world);
    const released = ['base-40-2 released', 'base-40-3 released'];
    expect(await buildsOf(world, 'base')).toEqual([...released, 'base-40-4 failed']);
    expect((await buildsOf(world, 'app')).at(-1)).toMatch(/ failed$/);
    const said = alarms(world);
    expect(said.map(({ arch }) => arch).sort()).toEqual(['aarch64', 'x86_64']);
    const chain = ['base-40-2', 'base-40-3'];
    for (const alarm of said)
      expect(alarm).toMatchObject({ nvr: 'base-40-4', metBefore: 'base-40-2', chain, reason });
  });
});

test('one that is another each round stops after so many of them', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    world.bystander = aBot(world, (round) => `round ${round}`);
    commit(world, 'round 0');
    await world.run({ seed, odds: patient });
    await expectSound(world);
    const released = Array.from({ length: mostRounds }, (_, at) => `base-40-${at + 2} released`);
    expect(await buildsOf(world, 'base')).toEqual([...released, 'base-40-7 failed']);
    for (const alarm of alarms(world))
      expect(alarm).toMatchObject({ nvr: 'base-40-7', metBefore: 'base-40-6', rounds: mostRounds });
  });
});

test('why and status tell of it', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    await loop(world, seed);
    const { db } = worlds.environment.store;
    const answer = await why(db, 'base-40-4');
    expect(answer?.build?.archBuilds).toMatchObject([
      { arch: 'aarch64', state: 'failed', error: reason },
      { arch: 'x86_64', state: 'failed', error: reason },
    ]);
    expect(await waitingThings(db)).toContainEqual(
      expect.objectContaining({ what: 'arch build base-40-4.x86_64', reason }),
    );
  });
});

test('a person goes on with it; the next round stops again', async () => {
  await everySeed({ to: 2 }, begin, async (world, seed) => {
    await loop(world, seed);
    await inFlow(world, (flow) => retryBuild(flow, 'base-40-4'));
    await world.run({ seed, odds: patient });
    await expectSound(world);
    expect((await buildsOf(world, 'base')).slice(2)).toEqual(['base-40-4 released', 'base-40-5 failed']);

    world.bystander = nobody;
    await inFlow(world, (flow) => retryBuild(flow, 'base-40-5'));
    await world.run({ seed });
    expect((await buildsOf(world, 'base')).at(-1)).toBe('base-40-5 released');
    expect(await waitingThings(worlds.environment.store.db)).toEqual([]);
  });
});

test('what a person takes back, again and again, is no loop', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    for (const source of ['other', 'one', 'other']) {
      commit(world, source);
      world.aheadMs += 600_000;
      await world.run({ seed });
    }
    await expectSound(world);
    expect(await buildsOf(world, 'base')).toEqual([2, 3, 4].map((number) => `base-40-${number} released`));
    expect(alarms(world)).toEqual([]);
  });
});

test('what failed on another arch and is followed up is no loop, though an arch is what it was', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    commit(world, 'other');
    let asked = false;
    let isFollowedUp = false;
    world.meanwhile = async ({ nvr }) => {
      if (nvr === 'base-40-2' && !asked) await inFlow(world, (flow) => buildByHand(flow, 'base'));
      asked = true;
      isFollowedUp = (await rowsOf(worlds.environment.store, 'follow_up')).length > 0;
      return [];
    };
    world.mishaps = ({ nvr, arch }) => {
      if (nvr !== 'base-40-2' || arch !== 'aarch64') return undefined;
      return isFollowedUp ? 'source' : 'refuse';
    };
    await world.run({ seed, odds: patient });
    await expectSound(world);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 failed', 'base-40-3 released']);
    expect(alarms(world)).toEqual([]);
  });
});
