import { afterEach, describe, expect, test } from '@jest/globals';
import type { Verdict } from '../../src/bus/port.ts';
import { aChannel, aCollector, aGate, endAll } from './a-bus.ts';
import { acknowledging, aQueue, depth } from './a-queue.ts';

afterEach(endAll);

describe('a delivery', () => {
  test('is acknowledged when it was dealt with, and does not come again', async () => {
    const { bus, queue } = await aQueue('quorum', 5);
    const collector = aCollector();
    const consuming = await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: acknowledging(collector.take),
    });
    await collector.reached(5);
    await consuming.stop();
    expect(await depth(queue)).toBe(0);
    expect(collector.deliveries.every((delivery) => !delivery.redelivered)).toBe(true);
  });

  test('comes again, marked so, when the process ended before acknowledging it', async () => {
    const { bus, queue } = await aQueue('quorum', 1);
    const dying = await aChannel();
    const seen = aGate();
    await dying.consume(queue, () => seen.open());
    await seen.opened;
    await dying.close();
    const collector = aCollector();
    await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: acknowledging(collector.take),
    });
    await collector.reached(1);
    expect(collector.deliveries[0]).toMatchObject({ redelivered: true });
  });

  test('with hostile headers is handed over as data', async () => {
    const { bus, queue } = await aQueue();
    const channel = await aChannel();
    const headers = JSON.parse(
      '{"__proto__": {"polluted": true}, "constructor": "x", "--flag": "$(id)", "../": "a\\nb", "nested": {"__proto__": [1]}}',
    );
    channel.sendToQueue(queue, Buffer.from('{}'), { headers, contentType: 'x'.repeat(255) });
    const collector = aCollector();
    await bus.consume({
      queue,
      prefetch: 1,
      onDelivery: acknowledging(collector.take),
    });
    await collector.reached(1);
    const [delivery] = collector.deliveries;
    expect(delivery?.headers).toMatchObject({ constructor: 'x', '--flag': '$(id)', '../': 'a\nb' });
    expect(Reflect.get(delivery?.headers ?? {}, 'polluted')).toBeUndefined();
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('whose handler throws is held, not lost, and handed over again', async () => {
    const { bus, queue } = await aQueue('quorum', 1);
    const collector = aCollector();
    await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery): Promise<Verdict> => {
        collector.take(delivery);
        if (collector.deliveries.length === 1) throw new Error('a fault of ours');
        return 'ack';
      },
    });
    await collector.reached(2);
    expect(collector.deliveries[1]?.messageId).toBe(collector.deliveries[0]?.messageId);
  });
});

describe('stopping', () => {
  test('waits for the delivery in hand and acknowledges it', async () => {
    const { bus, queue } = await aQueue('quorum', 1);
    const gate = aGate();
    const collector = aCollector();
    const consuming = await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery): Promise<Verdict> => {
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
