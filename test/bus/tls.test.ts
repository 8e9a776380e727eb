import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openBus, type TlsFiles } from '../../src/bus/open-bus.ts';
import { aBus, aCollector, anOutgoing, endAll, log, queuesOnly, until } from './a-bus.ts';
import { acknowledging } from './a-queue.ts';
import { aTlsBroker, type TlsBroker } from './tls-broker.ts';

let broker: TlsBroker;

beforeAll(async () => {
  broker = await aTlsBroker();
}, 60_000);

afterEach(endAll);

afterAll(async () => {
  await broker.remove();
}, 60_000);

const overTls = (tls: TlsFiles) => aBus({ url: `amqps://127.0.0.1:${broker.port}/%2F`, tls });
const certificate = (name: string): TlsFiles => ({
  caFile: broker.file('ca.pem'),
  certFile: broker.file(`${name}.pem`),
  keyFile: broker.file(`${name}.key`),
});

describe('a broker that takes only TLS and client certificates', () => {
  test('lets us in by our certificate, without a password, and carries messages', async () => {
    const bus = await overTls(certificate('worker-1'));
    const queue = randomUUID();
    await bus.declare(queuesOnly({ name: queue, kind: 'exclusive' }));
    const collector = aCollector();
    await bus.consume({
      queue,
      prefetch: 5,
      onDelivery: acknowledging(collector.take),
    });
    expect(await bus.publish(anOutgoing({ routingKey: queue }))).toBe('confirmed');
    await collector.reached(1);
  }, 60_000);

  test('refuses a certificate that its authority did not sign, and state says that we wait', async () => {
    const bus = await overTls(certificate('stranger'));
    await until(() => /alert|ECONNRESET|closed/i.test(bus.state().waiting ?? ''));
    expect(bus.state().connected).toBe(false);
  });

  test('is refused by us when we do not know its authority', async () => {
    const bus = await overTls({ ...certificate('worker-1'), caFile: broker.file('stranger.pem') });
    await until(() => /certificate/i.test(bus.state().waiting ?? ''));
    expect(bus.state().connected).toBe(false);
  });

  test("is waited for, with the file's name, while a certificate cannot be read", async () => {
    const bus = await overTls({ ...certificate('worker-1'), certFile: broker.file('missing.pem') });
    await until(() => bus.state().waiting?.includes('missing.pem') ?? false);
  });
});

describe('options that can never work are refused at once', () => {
  const open = (url: string, tls?: TlsFiles) =>
    openBus(
      { url, passiveDeclares: false, connectionName: 'flibs test', ...(tls === undefined ? {} : { tls }) },
      log,
    );

  test('a certificate without its key', async () => {
    await expect(open('amqps://127.0.0.1', { certFile: 'a.pem' })).rejects.toThrow(
      /both its file and its key file/,
    );
  });

  test('TLS files for a broker without TLS', async () => {
    await expect(open('amqp://127.0.0.1', { caFile: 'ca.pem' })).rejects.toThrow(/begins with amqp:\/\//);
  });

  test.each(['http://user:hunter2@127.0.0.1', 'user:hunter2@host', ''])(
    "a URL that is no broker's: %s",
    async (url) => {
      const opening = open(url);
      await expect(opening).rejects.toThrow(/amqp:\/\/host or amqps:\/\/host/);
      await expect(opening).rejects.not.toThrow(/hunter2/);
    },
  );
});
