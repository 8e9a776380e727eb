/** What a plan reads, and what it reserves. */
import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { buildByHand, cancelRebuild } from '../../../src/flows/asking/by-hand.ts';
import { closeRebuild } from '../../../src/flows/planning/close-rebuild.ts';
import { collect } from '../../../src/flows/planning/collect.ts';
import { readPlanInput } from '../../../src/flows/planning/plan-input.ts';
import { Refused } from '../../../src/flows/refused.ts';
import { anImage, fleet } from '../../simulation/fleet.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow, lookedAtAll } from './in-flow.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

const inputFor = (sources: readonly string[]) =>
  inFlow(world, async (flow) => {
    const question = { distroRelease: 'F40', sources, modules: [], requests: [], references: [] };
    return (await readPlanInput(flow, question)).input;
  });

test.each([
  ['curl', ['client', 'runtime']],
  ['musl', ['lonely']],
  ['openssl', ['base', 'client', 'runtime', 'server']],
  ['not-installed', []],
])('of %s it reads the images that have it, what is upon them and their parents', async (source, names) => {
  const { images } = await inputFor([source]);
  expect(images.map(({ name }) => name)).toEqual(names);
});

test('what is read grows with what is affected, not with the fleet', async () => {
  const before = await inputFor(['curl']);
  const others = Array.from({ length: 40 }, (_, at) => anImage({ name: `other-${at}`, packages: ['musl'] }));
  world.definitions = { ...world.definitions, images: [...fleet, ...others] };
  await world.run({ seed: 1 });
  const after = await inputFor(['curl']);
  expect(JSON.stringify(after)).toBe(JSON.stringify(before));
});

test('a build by hand for an arch that the image is not for is refused, and names those that it is for', async () => {
  await expect(inFlow(world, (flow) => buildByHand(flow, 'lonely', ['x86_64', 's390x']))).rejects.toThrow(
    new Refused('conflict', 'lonely is not defined for s390x', 'it is for x86_64, aarch64'),
  );
});

test('a release number is reserved with the plan and never used again', async () => {
  const reserved: string[] = [];
  for (let times = 1; times <= 2; times += 1) {
    await inFlow(world, async (flow) => {
      const { nomination } = await buildByHand(flow, 'lonely');
      if (nomination !== undefined) await collect(flow, world.settings, nomination);
    });
    await lookedAtAll(world);
    await inFlow(world, (flow) => closeRebuild(flow, world.settings, 'F40'), 1);
    const newest = await world.environment.store.db
      .selectFrom('build')
      .innerJoin('build_cause', 'build_cause.build', 'build.id')
      .select(['build.nvr', 'build_cause.rebuild'])
      .orderBy('build.id', 'desc')
      .executeTakeFirstOrThrow();
    reserved.push(newest.nvr);
    await inFlow(world, (flow) => cancelRebuild(flow, world.settings, newest.rebuild), 2);
  }
  expect(reserved).toEqual(['lonely-40-2', 'lonely-40-3']);
});

/** `image` has become a candidate with what `like` holds. */
const becomes = (image: string, like: string) =>
  sql`update current set manifest = other.manifest from current other
    where current.image = ${image} and other.image = ${like} and other.arch = current.arch`.execute(
    world.environment.store.db,
  );

test('of what became a candidate while its lock was waited for, it reads what that holds', async () => {
  const { input } = await inFlow(world, (flow) => {
    const question = {
      distroRelease: 'F40',
      sources: ['openssl'],
      modules: [],
      requests: [],
      references: [],
    };
    return readPlanInput(flow, question, async () => {
      await becomes('base', 'lonely');
      return new Map();
    });
  });
  const holders = new Set<string>(input.introduced.map((installed) => installed.image));
  expect([...holders]).toEqual(['server']);
});
