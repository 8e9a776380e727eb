/** Rules that say when: what they keep from starting, until when, and what ends that. */
import { expect, test } from '@jest/globals';
import { Announcement } from '../../../schemas/commands/run.ts';
import { Rule } from '../../../schemas/files/rule.ts';
import { writeRules } from '../../../src/flows/defining/rules.ts';
import { dispatch } from '../../../src/flows/dispatching/dispatch.ts';
import { announce } from '../../../src/flows/dispatching/workers.ts';
import { uuidv7 } from '../../../src/runtime/uuid.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow } from './in-flow.ts';
import { manyReady } from './many-ready.ts';

let world: World;
eachInReleasedWorld(async (begun) => {
  world = begun;
  await world.environment.store.db.deleteFrom('worker').execute();
});

const ruled = (...rules: readonly object[]) =>
  inFlow(world, async (flow) => {
    const { id } = await flow.tx
      .insertInto('definitions_revision')
      .values({ fingerprint: JSON.stringify(rules), loaded_at: flow.now })
      .returning('id')
      .executeTakeFirstOrThrow();
    await writeRules(
      flow,
      id,
      rules.map((rule) => Rule.parse({ name: 'r', image: ['*'], ...rule })),
    );
  });

const worker = Announcement.parse({
  schemaVersion: 1,
  worker: 'w',
  incarnation: uuidv7(),
  arches: ['x86_64'],
  labels: {},
  slots: 3,
  runs: [],
  queue: 'q',
  toolchain: {},
});

/** The images that have gone out after a decision so many seconds from the beginning. */
const out = async (seconds = 0): Promise<readonly string[]> => {
  await inFlow(world, (flow) => announce(flow, world.settings, worker), seconds);
  await inFlow(world, (flow) => dispatch(flow, world.settings), seconds);
  const { db } = world.environment.store;
  const rows = await db
    .selectFrom('arch_build')
    .select('image')
    .where('state', '=', 'requested')
    .orderBy('image')
    .execute();
  return rows.map(({ image }) => image);
};

const waiting = async (image: string): Promise<string | null | undefined> =>
  (
    await world.environment.store.db
      .selectFrom('arch_build')
      .select('waiting')
      .where('image', '=', image)
      .executeTakeFirst()
  )?.waiting;

const now = () => inFlow(world, async (flow) => flow.now.getTime());
const freezeOf = async (seconds: number) => {
  const from = await now();
  return {
    action: 'freeze',
    from: new Date(from - 1000).toISOString(),
    until: new Date(from + seconds * 1000).toISOString(),
  };
};

test('a freeze keeps automatic builds until its end, and rings then', async () => {
  await manyReady(world.environment.store, { name: 'app' });
  const freeze = await freezeOf(60);
  await ruled(freeze);
  expect(await out()).toEqual([]);
  expect(await waiting('app-1')).toBe(`frozen by rule r until ${freeze.until}`);
  const timers = await world.environment.store.db
    .selectFrom('timer')
    .select('due')
    .where('kind', '=', 'delay-ends')
    .execute();
  expect(timers).toEqual([{ due: new Date(freeze.until) }]);
  expect(await out(61)).toEqual(['app-1']);
});

test('people pass, unless the rule is for them too', async () => {
  await manyReady(world.environment.store, { name: 'asked', byHand: true });
  await ruled({ ...(await freezeOf(60)), people: true });
  expect(await out()).toEqual([]);
  await ruled(await freezeOf(60));
  expect(await out()).toEqual(['asked-1']);
});

test('what other rules do not keep goes out in its place', async () => {
  await manyReady(world.environment.store, { name: 'frozen', count: 60, path: 900 });
  await manyReady(world.environment.store, { name: 'app' });
  await ruled({ ...(await freezeOf(60)), image: ['frozen-*'] });
  expect(await out()).toEqual(['app-1']);
});

test('a rule that is gone keeps nothing any more', async () => {
  await manyReady(world.environment.store, { name: 'app' });
  await ruled(await freezeOf(3600));
  expect(await out()).toEqual([]);
  await ruled();
  expect(await out()).toEqual(['app-1']);
});

test('no more than the limit start in an hour', async () => {
  await manyReady(world.environment.store, { name: 'app', count: 3 });
  await ruled({ action: 'limit', perHour: 2 });
  expect(await out()).toHaveLength(2);
  expect(await waiting('app-3')).toMatch(/^rule r lets 2 start in an hour; the next at /);
  expect(await out(3000)).toHaveLength(2);
  await world.environment.store.db.updateTable('worker').set({ slots: 3 }).execute();
  expect(await out(3601)).toHaveLength(3);
});

const nominated = async (): Promise<readonly string[]> => {
  const { db } = world.environment.store;
  const rows = await db
    .selectFrom('nomination')
    .select('reference')
    .where('reference', 'like', 'rules of %')
    .execute();
  return rows.map(({ reference }) => reference);
};

test('what rules left alone is nominated anew where those that say whether change, not those that say when', async () => {
  const deny = { name: 'no', action: 'deny' };
  const freeze = { name: 'later', ...(await freezeOf(60)) };
  await ruled(deny);
  const { db } = world.environment.store;
  const { id: rebuild } = await db.selectFrom('rebuild').select('id').executeTakeFirstOrThrow();
  const moved = { kind: 'base-moved', pullspec: 'registry.example.org/fedora:40', references: [] };
  const reason = JSON.stringify({ kind: 'denied', rule: 'no', wouldBe: [moved] });
  const row = { rebuild, image: 'base', arch: 'x86_64' as const, reason, text: 'denied by rule no' };
  await db.insertInto('left_alone').values(row).execute();
  await ruled(deny, freeze);
  await ruled(freeze, deny);
  expect(await nominated()).toEqual([]);
  await ruled(freeze);
  expect(await nominated()).toHaveLength(1);
  await ruled();
  expect(await nominated()).toHaveLength(1);
});
