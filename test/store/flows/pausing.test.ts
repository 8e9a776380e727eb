/** Pauses one by one: what they keep from starting, what is refused meanwhile, what is said and kept of them. */
import { expect, test } from '@jest/globals';
import { Announcement } from '../../../schemas/commands/run.ts';
import { DistroReleaseName, ImageName } from '../../../schemas/ids.ts';
import type { PauseSubject } from '../../../schemas/pause.ts';
import { pausedThings } from '../../../src/api/queries/paused.ts';
import { buildByHand } from '../../../src/flows/asking/by-hand.ts';
import { whyNot } from '../../../src/flows/asking/why-not.ts';
import { dispatch } from '../../../src/flows/dispatching/dispatch.ts';
import { announce } from '../../../src/flows/dispatching/workers.ts';
import { nominate } from '../../../src/flows/nominating/nominate.ts';
import { pause, resume, resumeOnTime } from '../../../src/flows/pausing/pause.ts';
import { closeRebuild } from '../../../src/flows/planning/close-rebuild.ts';
import { collect } from '../../../src/flows/planning/collect.ts';
import { uuidv7 } from '../../../src/runtime/uuid.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow, lookedAtAll, unsent } from './in-flow.ts';
import { manyReady } from './many-ready.ts';

let world: World;
eachInReleasedWorld(async (begun) => {
  world = begun;
  await world.environment.store.db.deleteFrom('worker').execute();
});

const everything: PauseSubject = { scope: 'everything' };
const automatic: PauseSubject = { scope: 'automatic' };
const image = (name: string): PauseSubject => ({ scope: 'image', image: ImageName.parse(name) });

const paused = (subject: PauseSubject, more: { reason?: string; until?: string } = {}, seconds = 0) =>
  inFlow(world, (flow) => pause(flow, { ...subject, by: 'ann', reason: 'mending', ...more }), seconds);
const resumed = (subject: PauseSubject, seconds = 0) =>
  inFlow(world, (flow) => resume(flow, subject, 'bob'), seconds);

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

/** The images that have gone out after a decision. */
const out = async (): Promise<readonly string[]> => {
  await inFlow(world, (flow) => announce(flow, world.settings, worker));
  await inFlow(world, (flow) => dispatch(flow, world.settings));
  const { db } = world.environment.store;
  const rows = await db
    .selectFrom('arch_build')
    .select('image')
    .where('state', '=', 'requested')
    .orderBy('image')
    .execute();
  return rows.map((row) => row.image);
};

const waiting = async (name: string): Promise<string | null | undefined> =>
  (
    await world.environment.store.db
      .selectFrom('arch_build')
      .select('waiting')
      .where('image', '=', name)
      .executeTakeFirst()
  )?.waiting;

test('while automatic rebuilds are paused only what people asked for goes out', async () => {
  await manyReady(world.environment.store, { name: 'app' });
  await manyReady(world.environment.store, { name: 'asked', byHand: true });
  await paused(automatic);
  expect(await out()).toEqual(['asked-1']);
  expect(await waiting('app-1')).toBe('automatic rebuilds are paused by ann: mending');
  await resumed(automatic);
  expect(await out()).toEqual(['app-1', 'asked-1']);
});

test('while everything is paused nothing goes out, not even for people', async () => {
  await manyReady(world.environment.store, { name: 'app' });
  await manyReady(world.environment.store, { name: 'asked', byHand: true });
  await paused(everything);
  expect(await out()).toEqual([]);
  expect(await waiting('asked-1')).toBe('everything is paused by ann: mending');
  await resumed(everything);
  expect(await out()).toEqual(['app-1', 'asked-1']);
});

test('one pause that ends gives nothing back that another keeps', async () => {
  await manyReady(world.environment.store, { name: 'app' });
  await paused(everything);
  await paused(automatic);
  expect(await out()).toEqual([]);
  await resumed(everything);
  expect(await out()).toEqual([]);
  expect(await waiting('app-1')).toBe('automatic rebuilds are paused by ann: mending');
});

test('what is paused anew has the new reason and time, and the former pause is kept', async () => {
  await paused(image('base'));
  await paused(image('base'), { reason: 'still mending', until: '2999-01-01T00:00Z' }, 1);
  const { db } = world.environment.store;
  expect(await pausedThings(db)).toMatchObject([
    { what: 'base', by: 'ann', reason: 'still mending', until: '2999-01-01T00:00:00.000Z' },
  ]);
  expect(await db.selectFrom('pause').select(['reason', 'ended_by']).orderBy('id').execute()).toEqual([
    { reason: 'mending', ended_by: 'ann' },
    { reason: 'still mending', ended_by: null },
  ]);
});

test('each change is said, with who, why and until when', async () => {
  await paused(image('base'), { until: '2999-01-01T00:00Z' });
  await resumed(image('base'), 1);
  const [first, second, ...more] = await unsent(world, 'flibs.pause.changed');
  const told = { scope: 'image', image: 'base', reason: 'mending', until: '2999-01-01T00:00:00.000Z' };
  expect(first).toMatchObject({ ...told, paused: true, by: 'ann', aggregate: { id: 'image base' } });
  expect(second).toMatchObject({ ...told, paused: false, by: 'bob', aggregate: { id: 'image base' } });
  expect(second?.['pause']).toBe(first?.['pause']);
  expect(more).toEqual([]);
});

test('a timer that comes after somebody resumed it changes nothing', async () => {
  await paused(image('base'), { until: '2999-01-01T00:00Z' });
  await resumed(image('base'));
  const { id } = await world.environment.store.db.selectFrom('pause').select('id').executeTakeFirstOrThrow();
  await inFlow(world, (flow) => resumeOnTime(flow, String(id)));
  expect(await unsent(world, 'flibs.pause.changed')).toHaveLength(2);
});

test.each([
  ['an image that there is not', () => paused(image('absent')), 'there is no image absent'],
  [
    'a time that is past',
    () => paused(everything, { until: '2001-01-01T00:00Z' }),
    '2001-01-01T00:00:00.000Z is past',
  ],
  ['resuming what is not paused', () => resumed(image('base')), 'base is not paused'],
])('%s is refused', async (_, ask, message) => {
  await expect(ask()).rejects.toMatchObject({ name: 'Refused', message });
});

test('a paused image is not built by hand, and it is told who has paused it and why', async () => {
  await paused(image('base'));
  await expect(inFlow(world, (flow) => buildByHand(flow, 'base'))).rejects.toMatchObject({
    message: 'base is paused by ann: mending',
    hint: '`flibs resume base` ends that',
  });
});

test('a build by hand while everything is paused is told to wait', async () => {
  await paused(everything);
  expect(await inFlow(world, (flow) => buildByHand(flow, 'base'))).toMatchObject({
    did: 'base is nominated; nothing starts by now: everything is paused by ann: mending',
  });
});

const update = { kind: 'packages', distroRelease: DistroReleaseName.parse('F40') } as const;

/** Everything that is nominated is planned, so many seconds from the beginning. */
const planAt = async (seconds: number): Promise<void> => {
  const { db } = world.environment.store;
  const open = await db
    .selectFrom('nomination_target')
    .select('nomination')
    .distinct()
    .where('closed_at', 'is', null)
    .execute();
  for (const { nomination } of open)
    await inFlow(world, (flow) => collect(flow, world.settings, nomination), seconds);
  await inFlow(world, (flow) => closeRebuild(flow, world.settings, 'F40'), seconds + 601);
};

test('what was left alone is nominated anew as it was told at first, once', async () => {
  await lookedAtAll(world);
  const { db } = world.environment.store;
  await db.updateTable('offer').set({ version: '2.0' }).where('source_name', '=', 'openssl').execute();
  await paused(image('base'));
  await inFlow(world, (flow) =>
    nominate(flow, {
      ...update,
      sources: [{ name: 'openssl', version: '2.0', release: '1.fc40' }],
      severity: 'moderate',
      updateType: 'security',
      reference: 'FEDORA-1',
    }),
  );
  await planAt(1);
  await resumed(image('base'), 700);
  const nominations = () => db.selectFrom('nomination').select('body').orderBy('id', 'desc').execute();
  const [again] = await nominations();
  expect(again?.body).toEqual({
    ...update,
    sources: [{ name: 'openssl', version: '', release: '' }],
    severity: 'moderate',
    updateType: 'security',
    reference: 'FEDORA-1, bob resumed it',
  });
  const before = (await nominations()).length;
  await paused(image('base'), {}, 701);
  await resumed(image('base'), 702);
  expect(await nominations()).toHaveLength(before);
});

test('why-not names the pause', async () => {
  const { db } = world.environment.store;
  await db.updateTable('offer').set({ version: '2.0' }).where('source_name', '=', 'openssl').execute();
  await paused(image('base'));
  const told = await db.transaction().execute((tx) => whyNot(tx, ImageName.parse('base'), 'openssl'));
  expect(told.arches[0]).toMatchObject({
    planned: false,
    reasons: [expect.stringMatching(/^paused by ann: mending; otherwise: openssl-libs/)],
  });
});
