/** Timers: set with a decision, fired once, in time. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Flow, onTimer } from '../../src/runtime/consumer.ts';
import { newCause, runFlow } from '../../src/runtime/flow.ts';
import { openReceiver } from '../../src/runtime/receive.ts';
import { relayOnce } from '../../src/runtime/relay.ts';
import { fireDueTimers, startTimekeeping } from '../../src/runtime/timers.ts';
import type { Store } from '../../src/store/connect.ts';
import { aConsumer, anEnvironment, rowsOf, silent, type TestEnvironment, until } from './an-environment.ts';
import { emptyStore } from './empty-store.ts';

let environment: TestEnvironment;
let another: () => { environment: TestEnvironment; store: Store };
let close: () => Promise<void>;
beforeAll(async () => {
  ({ environment, another, close } = await anEnvironment());
});
afterAll(() => close());
beforeEach(async () => {
  await emptyStore(environment.store);
  environment.clock.aheadMs = 0;
});

const inFlow = (work: (flow: Flow) => Promise<void>, where: TestEnvironment = environment) =>
  runFlow(where, { cause: newCause('test'), log: silent, purpose: 'test' }, work);
const setTimer = (key: string, inMs: number, payload?: unknown, where?: TestEnvironment) =>
  inFlow(
    (flow) => flow.timer({ kind: 'quiet', key, due: new Date(flow.now.getTime() + inMs), payload }),
    where,
  );
const fired = async () =>
  (await rowsOf(environment.store, 'outbox')).map((row) => JSON.parse(String(row['body'])).key as unknown);

test('a due timer becomes a message for whoever listens to its kind', async () => {
  await setTimer('rebuild 7', 0, { rebuild: 7 });
  expect(await fireDueTimers(environment)).toMatchObject({ fired: 1, nextIn: undefined });
  expect(await rowsOf(environment.store, 'timer')).toEqual([]);
  await relayOnce(environment);
  const [message] = environment.bus.published;
  expect(message).toMatchObject({ exchange: 'flibs.test.facts', routingKey: 'internal.timer.quiet' });
  if (message === undefined) return;

  const heard: unknown[] = [];
  const consumer = aConsumer(async () => undefined, {
    subscriptions: [
      onTimer('quiet', async (flow, timer) => void heard.push(timer, flow.cause.causation.length)),
    ],
  });
  const receiver = openReceiver(consumer, environment);
  await receiver.refreshKnowledge();
  expect(await receiver.receive({ ...message, redelivered: false })).toBe('ack');
  expect(heard).toEqual([{ key: 'rebuild 7', payload: { rebuild: 7 } }, 1]);
});

test('a timer that is set again is moved, and one that is cancelled does not fire', async () => {
  await setTimer('moved', 0);
  await setTimer('moved', 60_000);
  await setTimer('cancelled', 0);
  await inFlow((flow) => flow.cancelTimer('quiet', 'cancelled'));
  const { fired: count, nextIn } = await fireDueTimers(environment);
  expect(count).toBe(0);
  expect(nextIn).toBeGreaterThan(59_000);
  environment.clock.aheadMs = 61_000;
  expect((await fireDueTimers(environment)).fired).toBe(1);
});

test('a timer whose transaction fails is not set', async () => {
  const failing = inFlow(async (flow) => {
    await flow.timer({ kind: 'quiet', key: 'x', due: flow.now });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await rowsOf(environment.store, 'timer')).toEqual([]);
});

test('two timekeepers fire each timer once', async () => {
  await inFlow(async (flow) => {
    for (let i = 0; i < 150; i += 1) await flow.timer({ kind: 'quiet', key: `${i}`, due: flow.now });
  });
  const keepers = [startTimekeeping(environment), startTimekeeping(another().environment)];
  await until(async () => (await rowsOf(environment.store, 'timer')).length === 0);
  await Promise.all(keepers.map((keeper) => keeper.stop()));
  const keys = await fired();
  expect(keys).toHaveLength(150);
  expect(new Set(keys).size).toBe(150);
});

describe('a timekeeper', () => {
  test('fires a timer of its process when it is due, and not before', async () => {
    const keeper = startTimekeeping(environment);
    let due = new Date(0);
    await inFlow(async (flow) => {
      due = new Date(flow.now.getTime() + 100);
      await flow.timer({ kind: 'quiet', key: 'x', due });
    });
    await until(async () => (await fired()).length === 1);
    await keeper.stop();
    const [message] = await rowsOf(environment.store, 'outbox');
    expect(message?.['created_at']).toEqual(expect.any(Date));
    expect(Number(message?.['created_at'])).toBeGreaterThanOrEqual(due.getTime());
  });

  test('finds a timer that another process has set', async () => {
    const keeper = startTimekeeping(environment);
    await setTimer('x', 0, undefined, another().environment);
    await until(async () => (await fired()).length === 1);
    await keeper.stop();
  });
});
