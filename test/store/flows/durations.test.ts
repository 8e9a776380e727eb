/** What is expected of a plan's arch builds, from what earlier ones took. */
import { expect, test } from '@jest/globals';
import { buildByHand } from '../../../src/flows/asking/by-hand.ts';
import { closeRebuild } from '../../../src/flows/planning/close-rebuild.ts';
import { collect } from '../../../src/flows/planning/collect.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow, lookedAtAll } from './in-flow.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

const db = () => world.environment.store.db;

/** A person asks for `base`; the rest of its family follows. */
const planned = async () => {
  await inFlow(world, async (flow) => {
    const { nomination } = await buildByHand(flow, 'base');
    if (nomination !== undefined) await collect(flow, world.settings, nomination);
  });
  await lookedAtAll(world);
  await inFlow(world, (flow) => closeRebuild(flow, world.settings, 'F40'), 1);
  const rows = await db()
    .selectFrom('arch_build')
    .select(['image', 'arch', 'estimated_seconds', 'path_seconds', 'by_hand'])
    .where('ended_at', 'is', null)
    .where('arch', '=', 'x86_64')
    .orderBy('image')
    .execute();
  return new Map(rows.map((row) => [row.image, row]));
};

test('every run that made something is counted, for its image and for its pool', async () => {
  const images = await db().selectFrom('build_duration').select(['image', 'arch', 'runs']).execute();
  expect(images).toHaveLength(10);
  expect(new Set(images.map(({ runs }) => runs))).toEqual(new Set([1]));
  const pools = await db().selectFrom('pool_duration').select(['arch', 'runs']).orderBy('arch').execute();
  expect(pools).toEqual([
    { arch: 'aarch64', runs: 5 },
    { arch: 'x86_64', runs: 5 },
  ]);
});

test("an arch build is expected to last what its image's did, else what its pool's do", async () => {
  await db().deleteFrom('build_duration').where('image', '=', 'server').execute();
  await db().updateTable('build_duration').set({ seconds: 90 }).execute();
  await db().updateTable('pool_duration').set({ seconds: 40 }).execute();
  const plan = await planned();
  expect(plan.get('base')?.estimated_seconds).toBe(90);
  expect(plan.get('server')?.estimated_seconds).toBe(40);
});

test('its path is the longest chain that waits for it, itself included', async () => {
  await db().updateTable('build_duration').set({ seconds: 10 }).execute();
  await db().updateTable('build_duration').set({ seconds: 300 }).where('image', '=', 'server').execute();
  const plan = await planned();
  expect([...plan].map(([image, { path_seconds }]) => [image, path_seconds])).toEqual([
    ['base', 320],
    ['client', 10],
    ['runtime', 310],
    ['server', 300],
  ]);
});

test('what only follows what a person asked for is not theirs', async () => {
  const plan = await planned();
  expect(plan.get('base')?.by_hand).toBe(true);
  expect(plan.get('server')?.by_hand).toBe(false);
});
