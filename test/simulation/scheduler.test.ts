/** The scheduler itself, on a small cast: whatever the seed and wherever it crashes, each thing is counted once. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Outgoing } from '../../src/bus/port.ts';
import { type Consumer, effect, type Flow, onFact, onTimer } from '../../src/runtime/consumer.ts';
import { crashPointNames } from '../faults/crash-points.ts';
import {
  anEnvironment,
  bodyOf,
  rowsOf,
  type TestEnvironment,
  ThingHappened,
  ThingSeen,
} from '../store/an-environment.ts';
import { emptyStore } from '../store/empty-store.ts';
import { partOf } from './cast.ts';
import { simulate } from './scheduler.ts';
import type { SimulationOptions } from './simulation-options.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
  await sql`CREATE TABLE tally (what text PRIMARY KEY, n integer NOT NULL)`.execute(environment.store.db);
});
afterAll(() => close());

const count = async (flow: Flow, what: string) => {
  await sql`INSERT INTO tally VALUES (${what}, 1) ON CONFLICT (what) DO UPDATE SET n = tally.n + 1`.execute(
    flow.tx,
  );
};

const about = { listensTo: '', does: '', says: [] };
/** Hears that a thing happened, has it copied, sets a timer, and sends a command. */
const copier: Consumer<{ copied: string[] }> = {
  ...about,
  name: 'copier',
  subscriptions: [
    onFact(ThingHappened, async (flow, { thing }) => {
      await count(flow, `happened ${thing}`);
      await flow.job({ kind: 'copy', key: thing, inputs: { thing } });
      await flow.timer({ kind: 'late', key: thing, due: new Date(flow.now.getTime() + 3_600_000) });
      await flow.command({ queue: 'nobody', body: {}, onReturned: 'returned', key: thing });
    }),
    onTimer('late', (flow, { key }) => count(flow, `late ${key}`)),
    onTimer('returned', (flow, { key }) => count(flow, `returned ${key}`)),
  ],
  effects: [
    effect({
      kind: 'copy',
      inputs: z.object({ thing: z.string() }),
      lease: 30,
      concurrency: 1,
      run: async ({ thing }, ports: { copied: string[] }) => {
        ports.copied.push(thing);
        return thing;
      },
      complete: async (flow, _inputs, thing) => {
        await count(flow, `copied ${thing}`);
        await flow.say(ThingSeen, bodyOf(thing));
      },
    }),
  ],
};

const watcher: Consumer<unknown> = {
  ...about,
  name: 'watcher',
  subscriptions: [onFact(ThingSeen, (flow, { thing }) => count(flow, `seen ${thing}`))],
};

const run = async (seed: number, more: Partial<SimulationOptions> = {}) => {
  await emptyStore(environment.store);
  const copied: string[] = [];
  const parts = [partOf(copier, { copied }, environment), partOf(watcher, {}, environment)];
  const begin = async (flow: Flow) => {
    for (const thing of ['a', 'b', 'c']) await flow.say(ThingHappened, bodyOf(thing));
  };
  const report = await simulate({ seed, environment, parts, begin, ...more });
  const tally = await rowsOf(environment.store, 'tally');
  return { report, copied, tally: Object.fromEntries(tally.map(({ what, n }) => [what, n])) };
};

const once = Object.fromEntries(
  ['a', 'b', 'c'].flatMap((thing) =>
    ['happened', 'copied', 'seen', 'late', 'returned'].map((what) => [`${what} ${thing}`, 1]),
  ),
);

test('every seed comes to the same end, by another way', async () => {
  const ways = new Set<string>();
  for (let seed = 1; seed <= 40; seed += 1) {
    const { report, tally } = await run(seed);
    expect(tally).toEqual(once);
    ways.add(report.trace.map((line) => line.split(' ').slice(0, 3).join(' ')).join());
  }
  expect(ways.size).toBe(40);
});

describe.each(crashPointNames)('a crash %s', (point) => {
  test.each([1, 2, 3])('at time %i changes nothing but the way', async (occurrence) => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const { report, tally } = await run(seed, { crash: { point, occurrence } });
      expect(report.crashed).toBe(true);
      expect(tally).toEqual(once);
      const ids = (messages: readonly Outgoing[]) =>
        new Set(messages.map((message) => message.messageId)).size;
      const seen = report.published.filter((message) => message.routingKey.endsWith('thing.seen'));
      expect(ids(seen)).toBe(3);
    }
  });
});

test('what never comes to rest is an error that names the seed', async () => {
  const again: Consumer<unknown> = {
    ...about,
    name: 'again',
    subscriptions: [onTimer('again', (flow) => flow.timer({ kind: 'again', key: 'x', due: flow.now }))],
    onStart: (flow) => flow.timer({ kind: 'again', key: 'x', due: flow.now }),
  };
  await emptyStore(environment.store);
  const parts = [partOf(again, {}, environment)];
  await expect(simulate({ seed: 7, environment, parts, mostSteps: 50 })).rejects.toThrow(/seed 7/);
});
