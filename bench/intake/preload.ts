/** Fills the queues of both sides with the same messages, through the exchange that upstream messages come from. */
import { type ConfirmChannel, connect } from 'amqplib';
import { exchangeName, queueName } from '../../src/bus/names.ts';
import { messageAt, messageCount } from './messages.ts';
import { instance } from './site.ts';

export const bareQueue = `flibs.${instance}.bare`;
const window = 500;

/** Both are bound with `#`, beside whatever the consumer's own bindings are. */
export const preload = async (bus: string): Promise<void> => {
  const connection = await connect(bus, { noDelay: true });
  try {
    const channel = await connection.createConfirmChannel();
    const exchange = exchangeName(instance, 'upstream');
    await channel.assertQueue(bareQueue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    for (const queue of [bareQueue, queueName(instance, 'package-updated')]) {
      await channel.bindQueue(queue, exchange, '#');
      await channel.purgeQueue(queue);
    }
    await publishAll(channel, exchange);
  } finally {
    await connection.close();
  }
};

const publishAll = async (channel: ConfirmChannel, exchange: string): Promise<void> => {
  for (let index = 0; index < messageCount; index += 1) {
    const { topic, id, headers, body } = messageAt(index);
    channel.publish(exchange, topic, body, {
      messageId: id,
      headers: { ...headers },
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      persistent: true,
    });
    if (index % window === window - 1) await channel.waitForConfirms();
  }
  await channel.waitForConfirms();
};
