/** Buses on the broker of this run, and ways to look at the broker from outside. */
import { randomUUID } from 'node:crypto';
import { type Channel, connect } from 'amqplib';
import { pino } from 'pino';
import { type BusOptions, openBus } from '../../src/bus/open-bus.ts';
import type { Bus, Delivery, Outgoing, Queue, Topology } from '../../src/bus/port.ts';
import { brokerUrl } from '../servers/broker.ts';

export const log = pino({ level: process.env['FLIBS_TEST_LOG'] ?? 'silent' });

const endings: (() => Promise<unknown>)[] = [];

/** For `afterEach`: ends what the test opened, last first. */
export const endAll = async (): Promise<void> => {
  for (const end of endings.splice(0).reverse()) await end();
};

export const afterwards = (end: () => Promise<unknown>): void => {
  endings.push(end);
};

export const aBus = async (options: Partial<BusOptions> = {}): Promise<Bus> => {
  const bus = await openBus(
    { url: brokerUrl(), passiveDeclares: false, connectionName: 'flibs test', ...options },
    log,
  );
  afterwards(() => bus.close());
  return bus;
};

/** A channel of bare amqplib: what others do on the broker. */
export const aChannel = async (url = brokerUrl()): Promise<Channel> => {
  const connection = await connect(url, { noDelay: true });
  connection.on('error', () => undefined);
  afterwards(() => connection.close().catch(() => undefined));
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  return channel;
};

export const anOutgoing = (changes: Partial<Outgoing> = {}): Outgoing => ({
  exchange: '',
  routingKey: 'nowhere',
  messageId: randomUUID(),
  headers: {},
  body: Buffer.from('{}'),
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  persistent: true,
  mandatory: true,
  ...changes,
});

/** Queues alone, which the default exchange reaches by their names. */
export const queuesOnly = (...queues: Queue[]): Topology => ({
  exchanges: [],
  queues,
  bindings: [],
  exchangeBindings: [],
});

/** Deliveries as they come, to be awaited one by one. */
export const aCollector = () => {
  const deliveries: Delivery[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  return {
    deliveries,
    take: (delivery: Delivery): void => {
      deliveries.push(delivery);
      for (const waiter of waiting) if (deliveries.length >= waiter.count) waiter.resolve();
    },
    /** Resolves when so many have come since the beginning. */
    reached: (count: number): Promise<void> =>
      new Promise((resolve) => {
        if (deliveries.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  };
};

/** A promise that the test fulfils. */
export const aGate = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
};

/** Waits until a condition holds that only polling can tell. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
};
