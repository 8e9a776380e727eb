import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { exchangeName, queueName, workerQueueName } from '../../src/bus/names.ts';
import type { Bus, Delivery, Verdict } from '../../src/bus/port.ts';
import { instanceTopology, workerTopology } from '../../src/bus/topology.ts';
import { anInstance } from '../servers/broker.ts';
import { aBus, aCollector, aGate, anOutgoing, endAll, until } from './a-bus.ts';
import { acknowledging } from './a-queue.ts';
import { anOwnBroker, type OwnBroker } from './own-broker.ts';

let broker: OwnBroker;
const instance = anInstance();
const queue = queueName(instance, 'reader');
const fact = () => anOutgoing({ exchange: exchangeName(instance, 'facts'), routingKey: 'a.fact' });

const declareOn = (bus: Bus): Promise<void> =>
  bus.declare(
    instanceTopology({
      instance,
      topicPrefix: 'org.example.test',
      publicExchange: undefined,
      consumers: [{ name: 'reader', bindings: [{ exchange: 'facts', key: '#' }] }],
    }),
  );

/** RabbitMQ 3.10 forgets a quorum queue that was declared a moment before a SIGKILL: these have been stored in order. */
beforeAll(async () => {
  broker = await anOwnBroker();
  const bus = await aBus({ url: broker.url });
  await declareOn(bus);
  await endAll();
  await broker.stop();
  await broker.start();
}, 60_000);

afterEach(endAll);

afterAll(async () => {
  await broker.remove();
}, 60_000);

const aDeclaredBus = async (): Promise<Bus> => {
  const bus = await aBus({ url: broker.url });
  await declareOn(bus);
  return bus;
};

const collecting = async (bus: Bus, queue: string) => {
  const collector = aCollector();
  await bus.consume({
    queue,
    prefetch: 50,
    onDelivery: acknowledging(collector.take),
  });
  return collector;
};

const ids = (deliveries: readonly Delivery[]) => new Set(deliveries.map((delivery) => delivery.messageId));

describe('a broker that is killed and comes back', () => {
  test('nothing is lost: what was unconfirmed is published again under the same id, and consuming goes on', async () => {
    const bus = await aDeclaredBus();
    const collector = await collecting(bus, queue);
    await bus.publish(fact());
    await collector.reached(1);
    // Killed in the middle of publishing: some of these may be confirmed, some on their way, and the late ones not sent.
    const messages = Array.from({ length: 2000 }, fact);
    let confirmed = 0;
    const half = aGate();
    const publishing = messages.map(async (message) => {
      const outcome = await bus.publish(message);
      confirmed += 1;
      if (confirmed === 500) half.open();
      return outcome;
    });
    await half.opened;
    await broker.kill();
    await until(() => !bus.state().connected);
    const late = Array.from({ length: 10 }, fact);
    publishing.push(...late.map((message) => bus.publish(message)));
    expect(bus.state().waiting).toMatch(/waiting for the broker at amqp:\/\/127\.0\.0\.1:\d+/);
    expect(bus.state().waiting).not.toContain('flibs:');
    await broker.start();
    expect(new Set(await Promise.all(publishing))).toEqual(new Set(['confirmed']));
    await until(() => ids(collector.deliveries).size === 2011);
    expect(ids(collector.deliveries)).toEqual(
      new Set([collector.deliveries[0]?.messageId, ...[...messages, ...late].map((m) => m.messageId)]),
    );
    expect(bus.state()).toEqual({ connected: true });
  }, 90_000);

  test("a worker's exclusive queue is made and consumed again, and the state changes were told", async () => {
    const bus = await aDeclaredBus();
    await bus.declare(workerTopology({ instance, worker: 'w1' }));
    const own = workerQueueName(instance, 'w1');
    const collector = await collecting(bus, own);
    const states: boolean[] = [];
    bus.onStateChange(() => states.push(bus.state().connected));
    const command = () => anOutgoing({ exchange: exchangeName(instance, 'workers'), routingKey: own });
    expect(await bus.publish(command())).toBe('confirmed');
    await broker.stop();
    const sent = bus.publish(command());
    await broker.start();
    await sent;
    await until(async () => (await bus.publish(command())) === 'confirmed');
    await collector.reached(2);
    expect(states).toEqual(expect.arrayContaining([false, true]));
    expect(states.at(-1)).toBe(true);
  }, 90_000);

  test('what was in hand is redelivered, and acknowledging the first of the two deliveries harms nothing', async () => {
    const bus = await aDeclaredBus();
    const gate = aGate();
    const collector = aCollector();
    await bus.consume({
      queue,
      prefetch: 10,
      onDelivery: async (delivery): Promise<Verdict> => {
        collector.take(delivery);
        if (collector.deliveries.length === 1) await gate.opened;
        return 'ack';
      },
    });
    await bus.publish(fact());
    await collector.reached(1);
    await broker.kill();
    await broker.start();
    await collector.reached(2);
    gate.open();
    expect(ids(collector.deliveries).size).toBe(1);
    expect(collector.deliveries[1]).toMatchObject({ redelivered: true });
    await bus.publish(fact());
    await collector.reached(3);
  }, 90_000);
});

describe('a broker that is absent at the start', () => {
  test('opening returns at once; declaring, consuming and publishing wait for it, visibly', async () => {
    await broker.stop();
    const bus = await aBus({ url: broker.url });
    const working = (async () => {
      await declareOn(bus);
      const collector = await collecting(bus, queue);
      await bus.publish(fact());
      await collector.reached(1);
    })();
    await until(() => bus.state().waiting?.includes('ECONNREFUSED') ?? false);
    expect(bus.state().connected).toBe(false);
    await broker.start();
    await working;
    expect(bus.state()).toEqual({ connected: true });
  }, 90_000);

  test('closing ends the waiting', async () => {
    await broker.stop();
    const bus = await aBus({ url: broker.url });
    const waiting = [bus.publish(anOutgoing()), declareOn(bus)];
    const outcomes = Promise.allSettled(waiting);
    await bus.close();
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    await broker.start();
  }, 90_000);

  test('a user whom the broker does not know waits with the reason, and the password is not in it', async () => {
    const url = new URL(broker.url);
    url.username = 'stranger';
    url.password = 'hunter2';
    const bus = await aBus({ url: url.href });
    await until(() => bus.state().waiting?.includes('403') ?? false);
    expect(bus.state().waiting).not.toContain('hunter2');
  });
});
