import { afterEach, describe, expect, test } from '@jest/globals';
import type { Verdict } from '../../src/bus/port.ts';
import { aBus, aChannel, aCollector, aGate, endAll, queuesOnly, until } from './a-bus.ts';
import { acknowledging, aQueue } from './a-queue.ts';

afterEach(endAll);

describe('a queue that goes away', () => {
  test('is declared and consumed again', async () => {
    const { bus, queue, publish } = await aQueue('quorum', 1);
    const collector = aCollector();
    await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: acknowledging(collector.take),
    });
    await collector.reached(1);
    const channel = await aChannel();
    await channel.deleteQueue(queue);
    await until(async () => {
      await publish(1);
      return collector.deliveries.length > 1;
    });
  });

  test('an acknowledgement that comes too late for its channel is harmless', async () => {
    const { bus, queue, publish } = await aQueue('quorum', 1);
    const collector = aCollector();
    const gate = aGate();
    await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery): Promise<Verdict> => {
        collector.take(delivery);
        if (collector.deliveries.length === 1) await gate.opened;
        return 'ack';
      },
    });
    await collector.reached(1);
    await (await aChannel()).deleteQueue(queue);
    gate.open();
    await until(async () => {
      await publish(1);
      return collector.deliveries.length > 1;
    });
  });
});

describe('an exclusive queue', () => {
  test('belongs to one connection: another waits for it, says so, and gets it when the first has ended', async () => {
    const { bus, queue } = await aQueue('exclusive');
    const other = await aBus();
    let declared = false;
    const declaring = other.declare(queuesOnly({ name: queue, kind: 'exclusive' })).then(() => {
      declared = true;
    });
    await until(() => other.state().waiting?.includes(queue) ?? false);
    expect(declared).toBe(false);
    await bus.close();
    await declaring;
    expect(other.state()).toEqual({ connected: true });
  });
});
