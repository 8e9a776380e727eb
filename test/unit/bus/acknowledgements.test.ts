import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { ConsumeMessage } from 'amqplib';
import { Acknowledgements } from '../../../src/bus/acknowledgements.ts';

const aDelivery = (deliveryTag: number): ConsumeMessage => ({
  fields: { deliveryTag, redelivered: false, exchange: 'e', routingKey: 'k', consumerTag: 'c' },
  properties: {
    contentType: undefined,
    contentEncoding: undefined,
    headers: undefined,
    deliveryMode: undefined,
    priority: undefined,
    correlationId: undefined,
    replyTo: undefined,
    expiration: undefined,
    messageId: undefined,
    timestamp: undefined,
    type: undefined,
    userId: undefined,
    appId: undefined,
    clusterId: undefined,
  },
  content: Buffer.of(),
});

/** What was acknowledged: `up to 3`, `5`. */
const aChannel = () => {
  const acknowledged: string[] = [];
  const ack = ({ fields }: { fields: { deliveryTag: number } }, allUpTo = false) => {
    acknowledged.push(`${allUpTo ? 'up to ' : ''}${fields.deliveryTag}`);
  };
  return { acknowledged, ack };
};

const fiveDelivered = () => {
  const channel = aChannel();
  const late: unknown[] = [];
  const acknowledgements = new Acknowledgements(channel, (error) => late.push(error));
  const deliveries = [1, 2, 3, 4, 5].map(aDelivery);
  for (const delivery of deliveries) acknowledgements.delivered(delivery);
  const settle = (...tags: number[]) => {
    for (const tag of tags) acknowledgements.settled(deliveries[tag - 1] ?? aDelivery(tag));
  };
  return { ...channel, acknowledgements, settle, late };
};

describe('acknowledgements', () => {
  test('of neighbours go out as one, at the end of the turn in which they were settled', async () => {
    const { acknowledged, settle } = fiveDelivered();
    settle(2, 1, 3);
    expect(acknowledged).toEqual([]);
    await turn();
    expect(acknowledged).toEqual(['up to 3']);
  });

  test('of what lies behind an open delivery go out one by one, and never include it', async () => {
    const { acknowledged, settle } = fiveDelivered();
    settle(1, 3, 5);
    await turn();
    expect(acknowledged).toEqual(['up to 1', '3', '5']);
    settle(2, 4);
    await turn();
    expect(acknowledged).toEqual(['up to 1', '3', '5', 'up to 4']);
  });

  test('go out at once when asked, and not again afterwards', async () => {
    const { acknowledged, acknowledgements, settle } = fiveDelivered();
    settle(1, 2);
    acknowledgements.flush();
    expect(acknowledged).toEqual(['up to 2']);
    await turn();
    expect(acknowledged).toEqual(['up to 2']);
  });

  test('on a channel that has ended are told to be too late', async () => {
    const late: unknown[] = [];
    const ended = {
      ack: () => {
        throw new Error('channel closed');
      },
    };
    const acknowledgements = new Acknowledgements(ended, (error) => late.push(error));
    const delivery = aDelivery(1);
    acknowledgements.delivered(delivery);
    acknowledgements.settled(delivery);
    await turn();
    expect(late).toHaveLength(1);
  });
});
