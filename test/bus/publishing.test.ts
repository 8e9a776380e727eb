import { afterEach, describe, expect, test } from '@jest/globals';
import { BrokerRefused, UnsendableMessage } from '../../src/bus/bus-errors.ts';
import { queueName } from '../../src/bus/names.ts';
import type { Bus } from '../../src/bus/port.ts';
import { anInstance } from '../servers/broker.ts';
import { aBus, aChannel, aCollector, anOutgoing, endAll, queuesOnly } from './a-bus.ts';
import { acknowledging } from './a-queue.ts';

afterEach(endAll);

const withQueue = async (): Promise<{ bus: Bus; queue: string }> => {
  const bus = await aBus();
  const queue = queueName(anInstance(), 'reader');
  await bus.declare(queuesOnly({ name: queue, kind: 'quorum' }));
  return { bus, queue };
};

describe('publishing', () => {
  test('is confirmed when the queue has it, and everything arrives as it was sent', async () => {
    const { bus, queue } = await withQueue();
    const message = anOutgoing({
      routingKey: queue,
      headers: { text: 'x', yes: true, severity: 20, list: [1, 'a'], nothing: null },
      body: Buffer.alloc(256 * 1024, 'é'),
    });
    expect(await bus.publish(message)).toBe('confirmed');
    const got = await (await aChannel()).get(queue, { noAck: true });
    expect(got).toMatchObject({
      content: message.body,
      properties: {
        messageId: message.messageId,
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        deliveryMode: 2,
        headers: message.headers,
      },
    });
  });

  test('properties given as empty are not set', async () => {
    const { bus, queue } = await withQueue();
    await bus.publish(anOutgoing({ routingKey: queue, contentType: '', contentEncoding: '' }));
    const got = await (await aChannel()).get(queue, { noAck: true });
    expect(got).toMatchObject({ properties: { contentType: undefined, contentEncoding: undefined } });
  });

  test('is told returned when it was mandatory and no queue took it: this one, not its neighbours', async () => {
    const { bus, queue } = await withQueue();
    const nowhere = `${queue}.nobody`;
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        bus.publish(anOutgoing({ routingKey: index % 10 === 3 ? nowhere : queue })),
      ),
    );
    expect(
      outcomes.map((outcome, index) => outcome === (index % 10 === 3 ? 'returned' : 'confirmed')),
    ).not.toContain(false);
  });

  test('what nobody takes and is not mandatory is confirmed', async () => {
    const bus = await aBus();
    expect(await bus.publish(anOutgoing({ mandatory: false }))).toBe('confirmed');
  });

  test('thousands at once go through the window of confirms, none lost', async () => {
    const { bus, queue } = await withQueue();
    const collector = aCollector();
    const consuming = await bus.consume({
      queue,
      prefetch: 200,
      onDelivery: acknowledging(collector.take),
    });
    const ids = Array.from({ length: 3000 }, () => anOutgoing({ routingKey: queue }));
    await Promise.all(ids.map((message) => bus.publish(message)));
    await collector.reached(3000);
    expect(new Set(collector.deliveries.map((delivery) => delivery.messageId)).size).toBe(3000);
    await consuming.stop();
  });
});

describe('what cannot be published', () => {
  test('a message that AMQP cannot carry is refused by name, and the next one goes through', async () => {
    const { bus, queue } = await withQueue();
    const message = anOutgoing({ routingKey: queue, headers: { big: 1n } });
    await expect(bus.publish(message)).rejects.toThrow(UnsendableMessage);
    expect(await bus.publish(anOutgoing({ routingKey: queue }))).toBe('confirmed');
  });

  test('an exchange that is not there rejects this message, with advice, and no other', async () => {
    const { bus, queue } = await withQueue();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) =>
        bus.publish(
          index === 20 ? anOutgoing({ exchange: `${queue}.missing` }) : anOutgoing({ routingKey: queue }),
        ),
      ),
    );
    const rejected = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(rejected).toHaveLength(1);
    expect(rejected[0]).toBeInstanceOf(BrokerRefused);
    expect(rejected[0]).toMatchObject({
      code: 404,
      message: expect.stringContaining('declare the topology first'),
    });
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(59);
  });

  test('after closing nothing is published', async () => {
    const bus = await aBus();
    await bus.close();
    await expect(bus.publish(anOutgoing())).rejects.toThrow('the bus was closed');
  });
});
