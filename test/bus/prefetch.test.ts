import { afterEach, describe, expect, test } from '@jest/globals';
import type { Delivery, Verdict } from '../../src/bus/port.ts';
import { aChannel, aCollector, aGate, endAll, until } from './a-bus.ts';
import { aQueue, depth } from './a-queue.ts';

afterEach(endAll);

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
    const { bus, queue } = await aQueue('quorum', 20);
    let handled = 0;
    const slow = aSlowHandler();
    const first = aGate();
    await bus.consume({
      queue,
      prefetch: 7,
      onDelivery: async (delivery): Promise<Verdict> => {
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
    const { bus, queue, publish } = await aQueue('quorum', 3);
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
      onDelivery: async (delivery): Promise<Verdict> => {
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
    const { bus, queue } = await aQueue('transient', 10);
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
