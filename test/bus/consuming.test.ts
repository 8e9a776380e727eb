import { afterEach, describe, expect, test } from '@jest/globals';
import { queueName, workerQueueName } from '../../src/bus/names.ts';
import type { Bus, Delivery, Queue, Verdict } from '../../src/bus/port.ts';
import { anInstance } from '../servers/broker.ts';
import { aBus, aChannel, aCollector, aGate, anOutgoing, endAll, queuesOnly, until } from './a-bus.ts';

afterEach(endAll);

const withQueue = async (
  kind: Queue['kind'] = 'quorum',
  messages = 0,
): Promise<{ bus: Bus; queue: string; publish: (count: number) => Promise<unknown> }> => {
  const bus = await aBus();
  const instance = anInstance();
  const queue = kind === 'exclusive' ? workerQueueName(instance, 'w1') : queueName(instance, 'reader');
  await bus.declare(queuesOnly({ name: queue, kind }));
  const publish = (count: number) =>
    Promise.all(Array.from({ length: count }, () => bus.publish(anOutgoing({ routingKey: queue }))));
  await publish(messages);
  return { bus, queue, publish };
};

const depth = async (queue: string): Promise<number> =>
  (await (await aChannel()).checkQueue(queue)).messageCount;

describe('a delivery', () => {
  test('is acknowledged when it was dealt with, and does not come again', async () => {
    const { bus, queue } = await withQueue('quorum', 5);
    const collector = aCollector();
    const consuming = await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery) => {
        collector.take(delivery);
        return 'ack';
      },
    });
    await collector.reached(5);
    await consuming.stop();
    expect(await depth(queue)).toBe(0);
    expect(collector.deliveries.every((delivery) => !delivery.redelivered)).toBe(true);
  });

  test('comes again, marked so, when the process ended before acknowledging it', async () => {
    const { bus, queue } = await withQueue('quorum', 1);
    const dying = await aChannel();
    const seen = aGate();
    await dying.consume(queue, () => seen.open());
    await seen.opened;
    await dying.close();
    const collector = aCollector();
    await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery) => {
        collector.take(delivery);
        return 'ack';
      },
    });
    await collector.reached(1);
    expect(collector.deliveries[0]).toMatchObject({ redelivered: true });
  });

  test('with hostile headers is handed over as data', async () => {
    const { bus, queue } = await withQueue();
    const channel = await aChannel();
    const headers = JSON.parse(
      '{"__proto__": {"polluted": true}, "constructor": "x", "--flag": "$(id)", "../": "a\\nb", "nested": {"__proto__": [1]}}',
    );
    channel.sendToQueue(queue, Buffer.from('{}'), { headers, contentType: 'x'.repeat(255) });
    const collector = aCollector();
    await bus.consume({
      queue,
      prefetch: 1,
      onDelivery: async (delivery) => {
        collector.take(delivery);
        return 'ack';
      },
    });
    await collector.reached(1);
    const [delivery] = collector.deliveries;
    expect(delivery?.headers).toMatchObject({ constructor: 'x', '--flag': '$(id)', '../': 'a\nb' });
    expect(Reflect.get(delivery?.headers ?? {}, 'polluted')).toBeUndefined();
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('whose handler throws is held, not lost, and handed over again', async () => {
    const { bus, queue } = await withQueue('quorum', 1);
    const collector = aCollector();
    await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery) => {
        collector.take(delivery);
        if (collector.deliveries.length === 1) throw new Error('a fault of ours');
        return 'ack';
      },
    });
    await collector.reached(2);
    expect(collector.deliveries[1]?.messageId).toBe(collector.deliveries[0]?.messageId);
  });
});

describe('prefetch', () => {
  /** A handler that keeps what it is given until the gate opens, and counts what it has in hand. */
  const aSlowHandler = () => {
    const gate = aGate();
    const inHand: Delivery[] = [];
    return {
      gate,
      inHand,
      onDelivery: (delivery: Delivery): Promise<Verdict> => hold(delivery, inHand, gate.opened),
    };
  };
  const hold = async (delivery: Delivery, inHand: Delivery[], opened: Promise<void>): Promise<Verdict> => {
    inHand.push(delivery);
    await opened;
    return 'ack';
  };

  test('is one until a fresh message was dealt with, then as wide as wanted', async () => {
    const { bus, queue } = await withQueue('quorum', 20);
    let handled = 0;
    const slow = aSlowHandler();
    const first = aGate();
    await bus.consume({
      queue,
      prefetch: 7,
      onDelivery: async (delivery) => {
        handled += 1;
        if (handled > 1) return slow.onDelivery(delivery);
        await first.opened;
        return 'ack';
      },
    });
    await until(() => handled === 1);
    // The broker would have sent more by the time that it answers another question.
    expect(await depth(queue)).toBe(19);
    expect(handled).toBe(1);
    first.open();
    await until(() => slow.inHand.length === 7);
    expect(await depth(queue)).toBeGreaterThanOrEqual(12);
    expect(slow.inHand).toHaveLength(7);
    slow.gate.open();
    await until(async () => (await depth(queue)) === 0);
  });

  test('stays one while only redelivered messages come: one of them may be what kills us', async () => {
    const { bus, queue, publish } = await withQueue('quorum', 3);
    const dying = await aChannel();
    const taken = aCollector();
    await dying.consume(queue, () => taken.take(anyDelivery));
    await taken.reached(3);
    await dying.close();
    await publish(5);
    const atOnce: number[] = [];
    let inHand = 0;
    const collector = aCollector();
    await bus.consume({
      queue,
      prefetch: 4,
      onDelivery: async (delivery) => {
        inHand += 1;
        atOnce.push(inHand);
        collector.take(delivery);
        await depth(queue);
        inHand -= 1;
        return 'ack';
      },
    });
    await collector.reached(8);
    const redelivered = collector.deliveries.map((delivery) => delivery.redelivered);
    expect(redelivered.slice(0, 3)).toEqual([true, true, true]);
    expect(atOnce.slice(0, 4)).toEqual([1, 1, 1, 1]);
    expect(Math.max(...atOnce)).toBeGreaterThan(1);
  });

  test('of a transient queue is as wide as wanted from the beginning', async () => {
    const { bus, queue } = await withQueue('transient', 10);
    const slow = aSlowHandler();
    await bus.consume({ queue, prefetch: 5, onDelivery: slow.onDelivery });
    await until(() => slow.inHand.length === 5);
    slow.gate.open();
  });

  const anyDelivery: Delivery = {
    exchange: '',
    routingKey: '',
    messageId: undefined,
    contentType: undefined,
    contentEncoding: undefined,
    headers: {},
    body: Buffer.alloc(0),
    redelivered: false,
  };
});

describe('requeue: the store is away', () => {
  test('the broker keeps everything, nothing more is taken, and all goes on later without a redelivery', async () => {
    const { bus, queue, publish } = await withQueue('quorum', 1);
    const collector = aCollector();
    let storeIsBack = false;
    const done: (string | undefined)[] = [];
    await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery) => {
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
    const { bus, queue } = await withQueue('quorum', 2);
    const collector = aCollector();
    const consuming = await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery) => {
        collector.take(delivery);
        return 'requeue';
      },
    });
    await collector.reached(1);
    await consuming.stop();
    await until(async () => (await depth(queue)) === 2);
  });
});

describe('stopping', () => {
  test('waits for the delivery in hand and acknowledges it', async () => {
    const { bus, queue } = await withQueue('quorum', 1);
    const gate = aGate();
    const collector = aCollector();
    const consuming = await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery) => {
        collector.take(delivery);
        await gate.opened;
        return 'ack';
      },
    });
    await collector.reached(1);
    let stopped = false;
    const stopping = consuming.stop().then(() => {
      stopped = true;
    });
    await depth(queue);
    expect(stopped).toBe(false);
    gate.open();
    await stopping;
    expect(await depth(queue)).toBe(0);
  });
});

describe('a queue that goes away', () => {
  test('is declared and consumed again', async () => {
    const { bus, queue, publish } = await withQueue('quorum', 1);
    const collector = aCollector();
    await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery) => {
        collector.take(delivery);
        return 'ack';
      },
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
    const { bus, queue, publish } = await withQueue('quorum', 1);
    const collector = aCollector();
    const gate = aGate();
    await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery) => {
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
    const { bus, queue } = await withQueue('exclusive');
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
