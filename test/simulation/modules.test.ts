/** Images that are a module: built for each build of it that repositories list, and for no other. */
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { LoadedDistroRelease } from '../../schemas/files/distro-release.ts';
import { waitingThings } from '../../src/api/queries/waiting.ts';
import { holdTimer } from '../../src/flows/planning/held.ts';
import { Reason } from '../../src/planning/reason.ts';
import { anImage, fleet, release } from './fleet.ts';
import { releasedWorlds } from './released-worlds.ts';
import { aModule, standing, type World } from './world.ts';

const { begin } = releasedWorlds(() => [
  ...fleet,
  anImage({ name: 'nodejs-20', packages: ['unused'], module: 'nodejs:20' }),
]);

const first = 'nodejs:20:4020261101090000:a51370e3';
const second = 'nodejs:20:4020261123090000:a51370e3';

const outcomes = async (world: World): Promise<readonly string[]> => {
  const rows = await world.environment.store.db
    .selectFrom('arch_build')
    .innerJoin('build', 'build.id', 'arch_build.build')
    .select(['build.nvr', 'build.state', 'arch_build.arch', 'arch_build.reasons'])
    .where('build.image', '=', 'nodejs-20')
    .orderBy('build.id')
    .orderBy('arch_build.arch')
    .execute();
  return rows.map(({ nvr, state, arch, reasons }) => {
    const made = z
      .array(Reason)
      .parse(reasons)
      .find(({ kind }) => kind === 'module');
    return `${nvr}.${arch} ${state} from ${made?.kind === 'module' ? made.to : 'nothing'}`;
  });
};

const released = (number: number, label: string) => [
  `nodejs-20-40-${number}.aarch64 released from ${label}`,
  `nodejs-20-40-${number}.x86_64 released from ${label}`,
];

/** Why it was left alone last. */
const whyNot = async (world: World): Promise<string | undefined> => {
  const row = await world.environment.store.db
    .selectFrom('left_alone')
    .select('text')
    .where('image', '=', 'nodejs-20')
    .orderBy('rebuild', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.text;
};

const withFirst = async (): Promise<World> => {
  const world = await begin();
  world.repositories.listModule(first);
  await world.run({ seed: 1 });
  return world;
};

test('while no repository lists the module, nothing is built, with a reason', async () => {
  const world = await begin();
  expect(await outcomes(world)).toEqual([]);
  expect(await whyNot(world)).toBe('no repository lists module nodejs:20');
});

test('once one lists it, it is built and released without a message', async () => {
  expect(await outcomes(await withFirst())).toEqual(released(1, first));
});

test('a newer build that MBS tells of is built once, whether or not a look found it too', async () => {
  const world = await withFirst();
  world.repositories.listModule(second);
  await world.run({ seed: 2, arriving: [aModule('nodejs', 'nodejs is ready')] });
  await world.run({ seed: 3 });
  expect(await outcomes(world)).toEqual([...released(1, first), ...released(2, second)]);
  const { reasons } = await world.environment.store.db
    .selectFrom('arch_build')
    .select('reasons')
    .where('image', '=', 'nodejs-20')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  expect(reasons).toContainEqual(expect.objectContaining({ kind: 'module', from: first, to: second }));
});

test('a build that MBS tells of counts only once a repository lists it', async () => {
  const world = await withFirst();
  await world.run({ seed: 2, arriving: [aModule('nodejs', 'nodejs is ready')] });
  expect(await outcomes(world)).toEqual(released(1, first));
  expect(await whyNot(world)).toBe(`made from module ${first}, and no newer build of it is listed`);
  world.repositories.listModule(second);
  await world.run({ seed: 3 });
  expect(await outcomes(world)).toEqual([...released(1, first), ...released(2, second)]);
});

test('a message about an older build plans nothing, with a reason', async () => {
  const world = await withFirst();
  await world.run({ seed: 2, arriving: [aModule('nodejs', 'late', '4020261001090000')] });
  expect(await outcomes(world)).toEqual(released(1, first));
  expect(await whyNot(world)).toBe(`made from module ${first}, and no newer build of it is listed`);
});

test('an arch whose repositories list it later is held, and one release has all arches', async () => {
  const world = await withFirst();
  const releases = [LoadedDistroRelease.parse({ ...release, hold: { hours: 6 } })];
  world.definitions = { ...world.definitions, releases };
  world.repositories.listModule(second, ['x86_64']);
  const beforeDeadlines = { ...standing, timers: [...(standing.timers ?? []), holdTimer] };
  await world.run({ seed: 2, standing: beforeDeadlines, arriving: [aModule('nodejs', 'ready')] });
  expect((await outcomes(world)).slice(2)).toEqual([
    `nodejs-20-40-2.aarch64 building from ${second}`,
    `nodejs-20-40-2.x86_64 building from ${second}`,
  ]);
  const [waiting] = await waitingThings(world.environment.store.db);
  expect(waiting?.reason).toContain(`module ${second}, so far listed only for x86_64`);
  world.repositories.listModule(second, ['aarch64']);
  await world.run({ seed: 3, arriving: [aModule('nodejs', 'ready on the other arch')] });
  expect(await outcomes(world)).toEqual([...released(1, first), ...released(2, second)]);
});
