/** Messages that leave no row of their own: those of no interest, and those that may be lost. */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Consumer, subscribe } from '../../src/runtime/consumer.ts';
import { openReceiver, type Receiver } from '../../src/runtime/receive.ts';
import { aConsumer, aDelivery, anEnvironment, rowsOf, type TestEnvironment } from './an-environment.ts';
import { emptyStore } from './empty-store.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
});
afterAll(() => close());
beforeEach(() => emptyStore(environment.store));

const ready = async (consumer: Consumer<unknown>): Promise<Receiver> => {
  const receiver = openReceiver(consumer, environment);
  await receiver.refreshKnowledge();
  return receiver;
};
const rows = (table: string) => rowsOf(environment.store, table);

describe('a message of no interest', () => {
  const choosy = () =>
    aConsumer(async () => undefined, {
      subscriptions: [
        subscribe({
          exchange: 'upstream',
          topics: ['#'],
          read: () => ({ verdict: 'ignored', reason: 'not ours' }),
          handle: async () => undefined,
        }),
      ],
    });

  test('leaves no row; it is counted by topic and reason, with a sample', async () => {
    const receiver = await ready(choosy());
    for (let i = 0; i < 3; i += 1) {
      await receiver.receive(aDelivery({ exchange: 'flibs.test.upstream', routingKey: 'org.a' }));
    }
    await receiver.receive(aDelivery({ exchange: 'flibs.test.upstream', routingKey: 'bad\0topic' }));
    expect(await rows('ignored')).toEqual([]);
    await receiver.flushIgnored();
    await receiver.receive(aDelivery({ exchange: 'flibs.test.upstream', routingKey: 'org.a' }));
    await receiver.flushIgnored();
    await receiver.flushIgnored();
    const counted = await rows('ignored');
    expect(counted.toSorted((a, b) => Number(b['count']) - Number(a['count']))).toMatchObject([
      { topic: 'org.a', reason: 'not ours', count: 4, sample: { body: expect.stringContaining('thing') } },
      { topic: 'bad\ufffdtopic', count: 1 },
    ]);
    expect(await rows('inbox')).toEqual([]);
  });

  test('is told apart by two thousand topics at most', async () => {
    const receiver = await ready(choosy());
    for (let i = 0; i < 2_500; i += 1) {
      await receiver.receive(aDelivery({ exchange: 'flibs.test.upstream', routingKey: `topic.${i}` }));
    }
    await receiver.flushIgnored();
    const counted = await rows('ignored');
    expect(counted).toHaveLength(2_001);
    expect(counted.find((row) => row['topic'] === '(others)')).toMatchObject({ count: 500 });
  });
});

describe('a transient message', () => {
  const heartbeats = (handle: () => Promise<void>) =>
    aConsumer(async () => undefined, {
      subscriptions: [
        subscribe({
          exchange: 'workers',
          topics: ['announce'],
          transient: true,
          read: () => ({ verdict: 'understood', as: undefined }),
          handle,
        }),
      ],
    });
  const beat = () => aDelivery({ exchange: 'flibs.test.workers', routingKey: 'announce' });

  test('is handled without a row of its own', async () => {
    const handle = jest.fn(async () => undefined);
    const receiver = await ready(heartbeats(handle));
    expect(await receiver.receive(beat(), true)).toBe('ack');
    expect(handle).toHaveBeenCalledTimes(1);
    expect(await rows('inbox')).toEqual([]);
  });

  test('that cannot be handled is let go', async () => {
    const receiver = await ready(heartbeats(() => Promise.reject(new Error('no'))));
    expect(await receiver.receive(beat(), true)).toBe('ack');
    expect(await rows('deferred')).toEqual([]);
  });
});
