import { afterEach, describe, expect, test } from '@jest/globals';
import type { Verdict } from '../../src/bus/port.ts';
import { aChannel, aCollector, endAll, until } from './a-bus.ts';
import { aQueue, depth } from './a-queue.ts';

afterEach(endAll);

describe('requeue: the store is away', () => {
  test('the broker keeps everything, nothing more is taken, and all goes on later without a redelivery', async () => {
    const { bus, queue, publish } = await aQueue('quorum', 1);
    const collector = aCollector();
    let storeIsBack = false;
    const done: (string | undefined)[] = [];
    await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery): Promise<Verdict> => {
        collector.take(delivery);
        if (!storeIsBack) return 'requeue';
        done.push(delivery.messageId);
        return 'ack';
      },
    });
    await collector.reached(2);
    await publish(5);
    const channel = await aChannel();
    expect((await channel.checkQueue(queue)).messageCount).toBe(5);
    expect(new Set(collector.deliveries.map((delivery) => delivery.messageId)).size).toBe(1);
    storeIsBack = true;
    await until(() => done.length === 6);
    expect(new Set(done).size).toBe(6);
    expect(collector.deliveries.some((delivery) => delivery.redelivered)).toBe(false);
  });

  test('stopping meanwhile gives back what is held', async () => {
    const { bus, queue } = await aQueue('quorum', 2);
    const collector = aCollector();
    const consuming = await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery): Promise<Verdict> => {
        collector.take(delivery);
        return 'requeue';
      },
    });
    await collector.reached(1);
    await consuming.stop();
    await until(async () => (await depth(queue)) === 2);
  });
});
