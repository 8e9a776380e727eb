/** Somebody else on the bus, with bare amqplib: hears everything on one exchange, and publishes what it likes. */
import { randomUUID } from 'node:crypto';
import { connect, type MessageProperties } from 'amqplib';
import { z } from 'zod';
import { waitUntil } from '../../src/host/wait-until.ts';

/** A message as it came over the wire. */
export interface Heard {
  readonly id: string;
  readonly topic: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly properties: MessageProperties;
  readonly body: Buffer;
  /** Message ids that led to it, oldest first. */
  readonly causation: readonly string[];
}

export interface Observer {
  readonly heard: readonly Heard[];
  /** Resolves with the first message for which this holds, from now or before. */
  first(holds: (message: Heard) => boolean, what: string, seconds?: number): Promise<Heard>;
  /** Called for each message that comes from now on. */
  onHeard(listener: (message: Heard) => void): void;
  stop(): Promise<void>;
}

export const dataOf = (message: Heard): unknown => JSON.parse(message.body.toString('utf8'));

/** Messages whose topic ends so, with their bodies. */
export const eventsOf = <Body extends z.ZodType>(
  heard: readonly Heard[],
  event: { readonly topic: string; readonly body: Body },
): { readonly message: Heard; readonly body: z.output<Body> }[] =>
  heard
    .filter(({ topic }) => topic.endsWith(`.${event.topic}`))
    .map((message) => ({ message, body: event.body.parse(dataOf(message)) }));

const causationOf = (headers: Readonly<Record<string, unknown>>): readonly string[] => {
  const header = headers['flibs-causation'];
  return typeof header === 'string' ? header.split(',') : [];
};

/** The exchange must be there. Ends by itself, silently, when the broker goes. */
export const observe = async (url: string, exchange: string): Promise<Observer> => {
  const connection = await connect(url, { noDelay: true });
  connection.on('error', () => undefined);
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, exchange, '#');
  const heard: Heard[] = [];
  const listeners: ((message: Heard) => void)[] = [];
  await channel.consume(
    queue,
    (message) => {
      if (message === null) return;
      const headers: Record<string, unknown> = message.properties.headers ?? {};
      const one = {
        id: z.string().catch('').parse(message.properties.messageId),
        topic: message.fields.routingKey,
        headers,
        properties: message.properties,
        body: message.content,
        causation: causationOf(headers),
      };
      heard.push(one);
      for (const listener of listeners) listener(one);
    },
    { noAck: true },
  );
  return {
    heard,
    first: (holds, what, seconds = 120) => waitUntil(async () => heard.find(holds), { seconds, what }),
    onHeard: (listener) => void listeners.push(listener),
    stop: () => connection.close().catch(() => undefined),
  };
};

export interface Sent {
  readonly topic: string;
  /** Text or bytes as they are; anything else as JSON. */
  readonly body: unknown;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly messageId?: string;
}

/** Publishes and waits for the broker's word. @returns the message id */
export const publish = async (
  url: string,
  exchange: string,
  { topic, body, contentType = 'application/json', contentEncoding = 'utf-8', headers = {}, ...rest }: Sent,
): Promise<string> => {
  const { messageId = randomUUID() } = rest;
  const connection = await connect(url, { noDelay: true });
  try {
    const channel = await connection.createConfirmChannel();
    const content = Buffer.isBuffer(body)
      ? body
      : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    channel.publish(exchange, topic, content, {
      messageId,
      contentType,
      contentEncoding,
      headers,
      deliveryMode: 2,
    });
    await channel.waitForConfirms();
  } finally {
    await connection.close();
  }
  return messageId;
};

/** What Bodhi says when an update of these builds is stable. */
export const aStableUpdate = (
  nvrs: readonly string[],
  changes: Readonly<Record<string, unknown>> = {},
): Sent => ({
  topic: 'org.fedoraproject.prod.bodhi.update.complete.stable',
  body: {
    update: {
      alias: `FEDORA-2026-${randomUUID().slice(0, 10)}`,
      builds: nvrs.map((nvr) => ({ nvr, epoch: 0, signed: true, type: 'rpm' })),
      content_type: 'rpm',
      release: { name: 'F40' },
      severity: 'high',
      status: 'stable',
      type: 'security',
      ...changes,
    },
  },
});
