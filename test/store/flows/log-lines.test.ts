/** Lines of the log: each says which build, arch, run and rebuild it is about. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { z } from 'zod';
import { openReceiver } from '../../../src/runtime/receive.ts';
import { aReleasedWorld } from '../../simulation/a-released-world.ts';
import { anUpdate } from '../../simulation/world.ts';
import { aConsumer, aDelivery, anEnvironment, bodyOf } from '../an-environment.ts';

const Line = z.looseObject({
  msg: z.string(),
  nvr: z.string().optional(),
  arch: z.string().optional(),
  run: z.string().optional(),
  rebuild: z.number().optional(),
  rebuilds: z.array(z.number()).optional(),
});
type Line = z.infer<typeof Line>;

const lines: Line[] = [];
const texts: string[] = [];
const log = pino(
  { level: 'debug' },
  {
    write: (text: string) => {
      texts.push(text);
      lines.push(Line.parse(JSON.parse(text)));
    },
  },
);
let close: () => Promise<void>;
/** An update of openssl, from the message to the releases. */
beforeAll(async () => {
  const released = await aReleasedWorld();
  close = released.close;
  const world = await released.begin({ ...released.environment, log });
  world.repositories.publish('openssl', '2.0');
  await world.run({ seed: 1, arriving: [anUpdate('openssl', '2.0', { id: 'openssl 2.0' })] });
});
afterAll(() => close());

/** Its transitions. */
const movesOf = (kind: string): readonly Line[] => lines.filter((line) => kind in line && 'from' in line);

test.each(['build', 'archBuild', 'run'])('a transition of a %s names the NVR', (kind) => {
  const moves = movesOf(kind);
  expect(moves.length).toBeGreaterThan(4);
  expect(moves.filter(({ nvr }) => nvr === undefined)).toEqual([]);
});

test.each(['archBuild', 'run'])('a transition of a %s names the arch as well', (kind) => {
  expect(movesOf(kind).filter(({ arch }) => arch === undefined)).toEqual([]);
});

test('a transition of work under way names the rebuilds that it belongs to', () => {
  const running = movesOf('archBuild').filter(({ from }) => from !== null);
  expect(running.length).toBeGreaterThan(4);
  expect(running.filter(({ rebuilds = [] }) => rebuilds.length === 0)).toEqual([]);
});

test('a transition of a rebuild names its number', () => {
  expect(movesOf('rebuild').length).toBeGreaterThan(1);
  expect(movesOf('rebuild').filter(({ rebuild }) => typeof rebuild !== 'number')).toEqual([]);
});

test('no line names a thing twice: readers of JSON would take one of both', () => {
  expect(texts.length).toBeGreaterThan(100);
  const twice = texts.filter((text) =>
    ['nvr', 'arch', 'run', 'rebuild', 'consumer'].some((key) => text.split(`"${key}":`).length > 2),
  );
  expect(twice).toEqual([]);
});

test('a message of ours that cannot be handled is told with what it is about', async () => {
  const { environment: failing, close: closeIt } = await anEnvironment();
  const consumer = aConsumer(() => Promise.reject(new Error('not today')));
  const receiver = openReceiver(consumer, { ...failing, log });
  const body = Buffer.from(JSON.stringify({ ...bodyOf('a'), nvr: 'webd-1-1', arch: 'x86_64', rebuild: 4 }));
  await receiver.refreshKnowledge();
  await receiver.receive(aDelivery({ body }));
  await closeIt();
  const told = lines.filter(({ msg }) => msg === 'message put off');
  expect(told.find(({ nvr }) => nvr === 'webd-1-1')).toMatchObject({
    arch: 'x86_64',
    rebuild: 4,
    error: 'not today',
  });
});
