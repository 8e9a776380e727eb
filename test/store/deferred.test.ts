/** Messages that were put off: tried again when due, five attempts in all. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Flow, subscribe } from '../../src/runtime/consumer.ts';
import { retryDeferred } from '../../src/runtime/deferred.ts';
import { openReceiver } from '../../src/runtime/receive.ts';
import {
  aConsumer,
  aDelivery,
  anEnvironment,
  bodyOf,
  rowsOf,
  type TestEnvironment,
  ThingSeen,
} from './an-environment.ts';
import { emptyStore } from './empty-store.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
});
afterAll(() => close());
beforeEach(async () => {
  await emptyStore(environment.store);
  environment.clock.aheadMs = 0;
});

const rows = (table: string) => rowsOf(environment.store, table);
const ready = async (handle: (flow: Flow) => Promise<void>, more: Parameters<typeof aConsumer>[1] = {}) => {
  const receiver = openReceiver(aConsumer(handle, more), environment);
  await receiver.refreshKnowledge();
  return {
    receiver,
    /** Some time later. */
    retry: () => {
      environment.clock.aheadMs += 3_600_000;
      return retryDeferred('thing-watcher', receiver, environment);
    },
  };
};

test('a message is handled when it is tried again, and nothing of its failure stays', async () => {
  let broken = true;
  const { receiver, retry } = await ready(async (flow) => {
    if (broken) throw new Error('not yet');
    await flow.say(ThingSeen, bodyOf('x'));
  });
  const delivery = aDelivery();
  await receiver.receive(delivery);
  expect(await retryDeferred('thing-watcher', receiver, environment)).toBe(0);
  broken = false;
  expect(await retry()).toBe(1);
  expect(await rows('deferred')).toEqual([]);
  expect(await rows('inbox')).toMatchObject([{ message_id: delivery.messageId }]);
  expect(await rows('outbox')).toHaveLength(1);
});

test('a message without an id keeps the one that was made for it', async () => {
  let broken = true;
  const { receiver, retry } = await ready(async () => {
    if (broken) throw new Error('not yet');
  });
  const delivery = aDelivery({ messageId: undefined });
  await receiver.receive(delivery);
  broken = false;
  await retry();
  expect(await receiver.receive(delivery)).toBe('ack');
  expect(await rows('inbox')).toMatchObject([{ message_id: expect.stringMatching(/^sha256:/) }]);
});

test('a message is a dead letter after five attempts, with the last error', async () => {
  let attempts = 0;
  const { receiver, retry } = await ready(async () => {
    attempts += 1;
    throw new Error(`failure ${attempts}`);
  });
  await receiver.receive(aDelivery());
  for (let i = 0; i < 6; i += 1) await retry();
  expect(attempts).toBe(5);
  expect(await rows('deferred')).toEqual([]);
  expect(await rows('dead_letter')).toMatchObject([{ reason: 'tried 5 times: failure 5' }]);
});

test('a message that ends its process each time is a dead letter, too', async () => {
  const { receiver, retry } = await ready(() => Promise.reject(new Error('no')));
  await receiver.receive(aDelivery());
  const dying = { retry: () => Promise.reject(new Error('killed')) };
  for (let i = 0; i < 4; i += 1) {
    environment.clock.aheadMs += 3_600_000;
    await expect(retryDeferred('thing-watcher', dying, environment)).rejects.toThrow('killed');
  }
  await retry();
  expect(await rows('dead_letter')).toMatchObject([{ reason: 'tried 5 times, never handled to the end' }]);
});

test('a message is in the hands of one process at a time', async () => {
  const { receiver } = await ready(() => Promise.reject(new Error('no')));
  await receiver.receive(aDelivery());
  environment.clock.aheadMs += 3_600_000;
  const taken = await Promise.all(
    [0, 1].map(() => retryDeferred('thing-watcher', { retry: async () => undefined }, environment)),
  );
  expect(taken.toSorted()).toEqual([0, 1]);
});

test('a message of a newer major version waits without end, and is handled once it is known', async () => {
  const { receiver, retry } = await ready(async () => undefined);
  await receiver.receive(aDelivery({ headers: { 'ce-type': 'io.flibs.thing.happened.v2' } }));
  for (let i = 0; i < 10; i += 1) await retry();
  expect(await rows('deferred')).toMatchObject([{ reason: 'newer-major', attempts: 11 }]);

  let handled = 0;
  const upgraded = await ready(async () => undefined, {
    subscriptions: [
      subscribe({
        exchange: 'facts',
        topics: ['#'],
        major: 2,
        read: () => ({ verdict: 'understood', as: undefined }),
        handle: async () => {
          handled += 1;
          if (handled === 1) throw new Error('once');
        },
      }),
    ],
  });
  await upgraded.retry();
  expect(await rows('deferred')).toMatchObject([{ reason: 'failed', attempts: 1 }]);
  await upgraded.retry();
  expect(handled).toBe(2);
  expect(await rows('deferred')).toEqual([]);
});
