/** What goes out, in which order, and how much is read to decide it. */
import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { Announcement } from '../../../schemas/commands/run.ts';
import type { Arch } from '../../../schemas/ids.ts';
import { dispatch } from '../../../src/flows/dispatching/dispatch.ts';
import { announce } from '../../../src/flows/dispatching/workers.ts';
import { uuidv7 } from '../../../src/runtime/uuid.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow } from './in-flow.ts';
import { manyReady } from './many-ready.ts';
import { rowsReadBy } from './rows-read.ts';

let world: World;
eachInReleasedWorld(async (begun) => {
  world = begun;
  await world.environment.store.db.deleteFrom('worker').execute();
});

const aWorker = (arches: readonly Arch[], slots: number) =>
  Announcement.parse({
    schemaVersion: 1,
    worker: `on ${arches.join(' and ')}`,
    incarnation: uuidv7(),
    arches,
    labels: {},
    slots,
    runs: [],
    queue: `a queue for ${arches.join(' and ')}`,
    toolchain: {},
  });

/** The images that one decision sends out, sorted. */
const goesOut = async (slots: number, arches: readonly Arch[] = ['x86_64']): Promise<readonly string[]> => {
  await inFlow(world, (flow) => announce(flow, world.settings, aWorker(arches, slots)));
  await inFlow(world, (flow) => dispatch(flow, world.settings));
  const rows = await world.environment.store.db
    .selectFrom('arch_build')
    .select('image')
    .where('state', '=', 'requested')
    .orderBy('image')
    .execute();
  return rows.map(({ image }) => image);
};

test('the longest remaining path goes before the others of its severity', async () => {
  const { store } = world.environment;
  await manyReady(store, { name: 'short', path: 10 });
  await manyReady(store, { name: 'long', path: 500 });
  expect(await goesOut(1)).toEqual(['long-1']);
});

test('the most severe goes first, behind however many it was planned', async () => {
  const { store } = world.environment;
  await manyReady(store, { name: 'flood', count: 200, path: 5000, waited: 60 });
  await manyReady(store, { name: 'critical', severity: 'critical', path: 1 });
  expect(await goesOut(1)).toEqual(['critical-1']);
});

test('what has waited for hours goes before a flood that is more severe', async () => {
  const { store } = world.environment;
  await manyReady(store, { name: 'flood', count: 200, severity: 'important', path: 5000 });
  await manyReady(store, { name: 'old', path: 1, waited: 4 * 3600 });
  expect(await goesOut(1)).toEqual(['old-1']);
});

test('people have their share behind a flood of automatic builds', async () => {
  const { store } = world.environment;
  await manyReady(store, { name: 'flood', count: 200, severity: 'critical', path: 5000 });
  await manyReady(store, { name: 'asked', count: 2, byHand: true });
  expect((await goesOut(4)).filter((image) => image.startsWith('asked'))).toHaveLength(1);
});

test('no slot stays free while anything ready fits, whatever else has to wait', async () => {
  const { store } = world.environment;
  await manyReady(store, { name: 'stuck', count: 60, path: 500, waited: 100 });
  await sql`update build set definition = definition - 'sources' where image like 'stuck-%'`.execute(
    store.db,
  );
  await manyReady(store, { name: 'able', count: 5 });
  expect(await goesOut(3)).toEqual(['able-1', 'able-2', 'able-3']);
});

test('what has to wait says for what, and is looked at again a little later', async () => {
  const { store } = world.environment;
  await manyReady(store, { name: 'stuck' });
  await sql`update build set definition = definition - 'sources' where image = 'stuck-1'`.execute(store.db);
  expect(await goesOut(1)).toEqual([]);
  const row = await store.db
    .selectFrom('arch_build')
    .select(['waiting', 'delayed_until'])
    .where('image', '=', 'stuck-1')
    .executeTakeFirstOrThrow();
  expect(row.waiting).toBe('its sources are not in the registry yet');
  const timers = await store.db.selectFrom('timer').select('due').where('kind', '=', 'delay-ends').execute();
  expect(timers).toEqual([{ due: row.delayed_until }]);
});

test('one decision reads few of the arch builds that are ready, however many those are', async () => {
  const { store } = world.environment;
  const arches: readonly Arch[] = ['x86_64', 'aarch64', 'ppc64le', 's390x'];
  for (const arch of arches) await manyReady(store, { name: `on-${arch}`, arch, count: 1500 });
  for (const arch of arches) {
    await inFlow(world, (flow) => announce(flow, world.settings, aWorker([arch], 2)));
  }
  // As the server does by itself, sooner or later: until then it may take the tables for empty.
  await sql`analyze arch_build, build, smoke_test, run`.execute(store.db);
  const read = await inFlow(world, (flow) => rowsReadBy(flow, () => dispatch(flow, world.settings)));
  const sent = await store.db.selectFrom('run').select('id').where('state', '=', 'requested').execute();
  expect(sent).toHaveLength(8);
  for (const table of ['arch_build', 'build', 'smoke_test', 'run'])
    expect(read.get(table)).toBeLessThan(1000);
});
