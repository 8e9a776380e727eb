import { afterEach, describe, expect, test } from '@jest/globals';
import { BrokerRefused } from '../../src/bus/bus-errors.ts';
import { deadExchangeName, exchangeName, queueName } from '../../src/bus/names.ts';
import { instanceTopology, listeningTopology } from '../../src/bus/topology.ts';
import { anInstance } from '../servers/broker.ts';
import { aBus, aChannel, aCollector, anOutgoing, endAll, queuesOnly, until } from './a-bus.ts';
import { acknowledging } from './a-queue.ts';

afterEach(endAll);

const wholeTopology = (instance: string) =>
  instanceTopology({
    instance,
    topicPrefix: 'org.example.test',
    publicExchange: 'amq.topic',
    consumers: [
      { name: 'rebuild-planner', bindings: [{ exchange: 'facts', key: '<prefix>.flibs.content.nominated' }] },
      {
        name: 'everything',
        bindings: [{ exchange: 'facts', key: '#' }],
        transientBindings: [{ exchange: 'workers', key: 'announce' }],
      },
    ],
  });

describe('a topology', () => {
  test('is made, and making it again changes nothing', async () => {
    const instance = anInstance();
    const bus = await aBus();
    await bus.declare(wholeTopology(instance));
    await bus.declare(wholeTopology(instance));
    const routingKey = 'org.example.test.flibs.content.nominated';
    expect(await bus.publish(anOutgoing({ exchange: exchangeName(instance, 'facts'), routingKey }))).toBe(
      'confirmed',
    );
    const channel = await aChannel();
    expect((await channel.checkQueue(queueName(instance, 'rebuild-planner'))).messageCount).toBe(1);
    expect((await channel.checkQueue(queueName(instance, 'everything'))).messageCount).toBe(1);
  });

  test('copies facts to the public exchange one way: what is published there never becomes a fact', async () => {
    const instance = anInstance();
    const bus = await aBus();
    await bus.declare(wholeTopology(instance));
    const channel = await aChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, 'amq.topic', 'org.example.test.#');
    const facts = exchangeName(instance, 'facts');
    const released = anOutgoing({ exchange: facts, routingKey: 'org.example.test.flibs.image.released' });
    await bus.publish(released);
    await bus.publish(anOutgoing({ exchange: facts, routingKey: 'internal.timer.quiet', mandatory: false }));
    await bus.publish(
      anOutgoing({ exchange: 'amq.topic', routingKey: 'org.example.test.flibs.image.released' }),
    );
    const seen: unknown[] = [];
    for (let got = await channel.get(queue); got !== false; got = await channel.get(queue)) {
      seen.push(got.properties.messageId);
    }
    expect(seen).toHaveLength(2);
    expect(seen[0]).toBe(released.messageId);
    expect((await channel.checkQueue(queueName(instance, 'everything'))).messageCount).toBe(2);
  });

  test('sends what the broker gives up on to the dead queue, under its own topic', async () => {
    const instance = anInstance();
    const bus = await aBus();
    await bus.declare(wholeTopology(instance));
    const routingKey = 'org.example.test.flibs.content.nominated';
    await bus.publish(anOutgoing({ exchange: exchangeName(instance, 'facts'), routingKey }));
    const channel = await aChannel();
    const got = await channel.get(queueName(instance, 'rebuild-planner'));
    if (got === false) throw new Error('nothing there');
    channel.nack(got, false, false);
    await until(async () => (await channel.checkQueue(deadExchangeName(instance))).messageCount === 1);
    const dead = await channel.get(deadExchangeName(instance), { noAck: true });
    expect(dead).toMatchObject({ fields: { routingKey } });
  });
});

describe('a refusal names the object and says what to do', () => {
  test('a queue that exists with other properties', async () => {
    const queue = queueName(anInstance(), 'reader');
    await (await aChannel()).assertQueue(queue, { durable: true });
    const bus = await aBus();
    const declaring = bus.declare(queuesOnly({ name: queue, kind: 'quorum' }));
    await expect(declaring).rejects.toThrow(BrokerRefused);
    await expect(declaring).rejects.toThrow(new RegExp(`queue ${queue}: .*406.*other properties.*Delete it`));
    expect(bus.state()).toEqual({ connected: true });
  });

  test('a binding to an exchange that is not there', async () => {
    const instance = anInstance();
    const queue = { name: queueName(instance, 'reader'), kind: 'quorum' } as const;
    const bus = await aBus();
    await expect(
      bus.declare(listeningTopology({ exchange: `${instance}.missing`, topics: ['#'], queue })),
    ).rejects.toThrow(/the binding of queue .* to exchange test-.*missing with #.*404.*does not exist/);
  });

  test('a predeclared exchange of another broker that is not there', async () => {
    const bus = await aBus();
    const exchanges = [{ name: 'amq.missing', type: 'topic' }] as const;
    await expect(bus.declare({ ...queuesOnly(), exchanges })).rejects.toThrow(/exchange amq\.missing: .*404/);
  });
});

describe('passive declares', () => {
  test('refuse a queue that is missing, and make nothing', async () => {
    const queue = queueName(anInstance(), 'reader');
    const bus = await aBus({ passiveDeclares: true });
    await expect(bus.declare(queuesOnly({ name: queue, kind: 'quorum' }))).rejects.toThrow(
      new RegExp(`queue ${queue}: .*404.*turn passive declares off`),
    );
    await expect((await aChannel()).checkQueue(queue)).rejects.toThrow(/NOT.FOUND/);
  });

  test('are content with what is there, whatever its properties, and leave bindings alone', async () => {
    const instance = anInstance();
    const channel = await aChannel();
    const queue = queueName(instance, 'reader');
    await channel.assertQueue(queue, { durable: true, messageTtl: 60_000 });
    const bus = await aBus({ passiveDeclares: true });
    await bus.declare(
      listeningTopology({
        exchange: 'amq.topic',
        topics: [instance],
        queue: { name: queue, kind: 'quorum' },
      }),
    );
    expect(await bus.publish(anOutgoing({ exchange: 'amq.topic', routingKey: instance }))).toBe('returned');
  });

  test('make and bind exclusive queues, which cannot be there yet', async () => {
    const instance = anInstance();
    const bus = await aBus({ passiveDeclares: true });
    const name = `${instance}.mine`;
    await bus.declare(
      listeningTopology({ exchange: 'amq.topic', topics: [instance], queue: { name, kind: 'exclusive' } }),
    );
    const collector = aCollector();
    await bus.consume({
      queue: name,
      prefetch: 5,
      onDelivery: acknowledging(collector.take),
    });
    await bus.publish(anOutgoing({ exchange: 'amq.topic', routingKey: instance }));
    await collector.reached(1);
  });
});
