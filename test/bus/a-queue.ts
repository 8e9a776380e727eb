/** A queue of its own for a test, with a bus that declared it. */
import { queueName, workerQueueName } from '../../src/bus/names.ts';
import type { Bus, Consuming, Delivery, Queue } from '../../src/bus/port.ts';
import { anInstance } from '../servers/broker.ts';
import { aBus, aChannel, anOutgoing, queuesOnly } from './a-bus.ts';

/** Holds so many messages; `publish` adds more. */
export const aQueue = async (
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

/** How many messages wait there, as the broker says. */
export const depth = async (queue: string): Promise<number> =>
  (await (await aChannel()).checkQueue(queue)).messageCount;

/** Takes what comes and acknowledges it. */
export const acknowledging =
  (take: (delivery: Delivery) => void): Consuming['onDelivery'] =>
  (delivery) => {
    take(delivery);
    return 'ack';
  };
