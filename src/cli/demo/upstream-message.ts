/** Says on the public exchange what others say on Fedora's bus. */
import { randomUUID } from 'node:crypto';
import type { Bus } from '../../bus/port.ts';

export interface UpstreamMessage {
  readonly topic: string;
  /** As fedora-messaging names it. */
  readonly schema: string;
  readonly headers: Readonly<Record<string, boolean>>;
  readonly body: unknown;
}

/** @returns the message id. */
export const sayUpstream = async (bus: Bus, exchange: string, message: UpstreamMessage): Promise<string> => {
  const messageId = randomUUID();
  await bus.publish({
    exchange,
    routingKey: message.topic,
    messageId,
    headers: {
      fedora_messaging_schema: message.schema,
      fedora_messaging_severity: 20,
      ...message.headers,
      'sent-at': new Date().toISOString().replace(/\.\d+Z$/, '+00:00'),
    },
    body: Buffer.from(JSON.stringify(message.body)),
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    persistent: true,
    mandatory: false,
  });
  return messageId;
};
