import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type BridgeSource, startUpstreamBridge } from '../../consumers/upstream-bridge.ts';
import { queueName } from '../../src/bus/names.ts';
import type { Bus } from '../../src/bus/port.ts';
import { instanceTopology } from '../../src/bus/topology.ts';
import { runUpstreamBridges } from '../../src/cli/running/strangers.ts';
import { loadConfig } from '../../src/config/load.ts';
import { anInstance } from '../servers/broker.ts';
import { aBus, aChannel, aCollector, afterwards, anOutgoing, endAll, log, until } from './a-bus.ts';
import { acknowledging } from './a-queue.ts';
import { anOwnBroker, type OwnBroker } from './own-broker.ts';

let second: OwnBroker;

beforeAll(async () => {
  second = await anOwnBroker();
}, 60_000);

afterEach(endAll);

afterAll(async () => {
  await second.remove();
}, 60_000);

/** An instance with one consumer of what others said, on a topic prefix of its own. */
const anInstanceThatListens = async (bus: Bus) => {
  const instance = anInstance();
  const topicPrefix = `org.example.${instance}`;
  const queue = queueName(instance, 'package-updated');
  await bus.declare(
    instanceTopology({
      instance,
      topicPrefix,
      publicExchange: 'amq.topic',
      consumers: [{ name: 'package-updated', bindings: [{ exchange: 'upstream', key: '#' }] }],
    }),
  );
  const collector = aCollector();
  await bus.consume({
    queue,
    prefetch: 50,
    onDelivery: acknowledging(collector.take),
  });
  return { instance, topicPrefix, queue, collector };
};

const aBridge = async (own: Bus, source: BridgeSource, of: { instance: string; topicPrefix: string }) => {
  const bridge = await startUpstreamBridge({
    source,
    own,
    instance: of.instance,
    topicPrefix: of.topicPrefix,
    log,
  });
  afterwards(() => bridge.stop());
  return bridge;
};

const hostile = JSON.parse(
  '{"__proto__": {"polluted": true}, "--flag": "$(id)", "../": "a\\nb", "BCC": ["flibs.main.worker.x"]}',
);

describe('from a second, read-only bus', () => {
  const source = (topics: string[]): BridgeSource => ({
    kind: 'second-bus',
    bus: { url: second.url, passiveDeclares: true, connectionName: 'flibs test bridge' },
    exchange: 'amq.topic',
    topics,
  });

  test('messages come with their id, topic, headers and bytes, through a queue named by a UUID', async () => {
    const own = await aBus();
    const listening = await anInstanceThatListens(own);
    await aBridge(own, source(['org.fedoraproject.#']), listening);
    const theirs = await aBus({ url: second.url });
    const message = anOutgoing({
      exchange: 'amq.topic',
      routingKey: 'org.fedoraproject.prod.buildsys.tag',
      headers: { fedora_messaging_severity: 20, 'sent-at': '2026-01-02T03:04:05+00:00', list: [{ a: 1 }] },
      body: Buffer.from('{"name": "caf\\u00e9",  "a": 1.0}'),
    });
    await until(async () => (await theirs.publish(message)) === 'confirmed');
    await listening.collector.reached(1);
    expect(listening.collector.deliveries[0]).toMatchObject({
      exchange: `flibs.${listening.instance}.upstream`,
      routingKey: message.routingKey,
      messageId: message.messageId,
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      headers: { ...message.headers, 'flibs-bridged-from': 'amq.topic', 'flibs-bridged-bus': 'upstream' },
      body: message.body,
    });
  });

  test('hostile headers do no harm, and do not stop the bridge', async () => {
    const own = await aBus();
    const listening = await anInstanceThatListens(own);
    await aBridge(own, source(['hostile.#']), listening);
    const channel = await aChannel(second.url);
    const theirs = await aBus({ url: second.url });
    await until(
      async () =>
        (await theirs.publish(anOutgoing({ exchange: 'amq.topic', routingKey: 'hostile.ready' }))) ===
        'confirmed',
    );
    channel.publish('amq.topic', 'hostile.1', Buffer.from('[1]'), { headers: hostile });
    const forged = { 'flibs-bridged-user': 'somebody else', 'flibs-bridged-bus': 'own' };
    const { username } = new URL(second.url);
    channel.publish('amq.topic', 'hostile.2', Buffer.from('{}'), {
      messageId: 'hello',
      headers: forged,
      userId: username,
    });
    await listening.collector.reached(3);
    const [, strange, next] = listening.collector.deliveries;
    expect(strange?.headers).toMatchObject({ '--flag': '$(id)', '../': 'a\nb' });
    expect(strange?.headers).not.toHaveProperty('BCC');
    expect(strange?.messageId).toMatch(/^sha256:/);
    expect(next).toMatchObject({ messageId: 'hello', contentType: undefined });
    expect(next?.headers).toMatchObject({ 'flibs-bridged-user': username, 'flibs-bridged-bus': 'upstream' });
  });

  test('nothing is acknowledged there before it is confirmed here', async () => {
    const channel = await aChannel(second.url);
    const instance = anInstance();
    const queue = `made-for-${instance}`;
    await channel.assertQueue(queue, { durable: true });
    channel.sendToQueue(queue, Buffer.from('{}'), { messageId: randomUUID() });
    await until(async () => (await channel.checkQueue(queue)).messageCount === 1);
    // Our own broker is away.
    const own = await aBus({ url: 'amqp://127.0.0.1:1' });
    const bridge = await startUpstreamBridge({
      source: { ...source([]), kind: 'second-bus', bus: { ...secondBus(), passiveDeclares: true }, queue },
      own,
      instance,
      topicPrefix: 'org.example.test',
      log,
    });
    await until(async () => (await channel.checkQueue(queue)).messageCount === 0);
    await bridge.stop();
    await until(async () => (await channel.checkQueue(queue)).messageCount === 1);
  });

  const secondBus = () => ({ url: second.url, passiveDeclares: true, connectionName: 'flibs test bridge' });
});

describe("from our own broker's public exchange", () => {
  test('what others publish comes, through a durable queue; what we say ourselves does not come round', async () => {
    const own = await aBus();
    const listening = await anInstanceThatListens(own);
    const { instance, topicPrefix } = listening;
    await aBridge(
      own,
      { kind: 'own-broker', exchange: 'amq.topic', topics: [`${topicPrefix}.#`] },
      listening,
    );
    const say = (routingKey: string, headers = {}) =>
      own.publish(anOutgoing({ exchange: 'amq.topic', routingKey, headers }));
    await until(async () => (await say(`${topicPrefix}.ready`)) === 'confirmed');
    await own.publish(
      anOutgoing({ exchange: `flibs.${instance}.facts`, routingKey: `${topicPrefix}.flibs.image.released` }),
    );
    await say(`${topicPrefix}.flibs.image.released`);
    await say(`${topicPrefix}.ci.container-image.test.complete`, { 'ce-source': instance });
    await say(`${topicPrefix}.ci.container-image.test.complete`, { 'ce-source': 'another-ci' });
    await say(`${topicPrefix}.done`);
    await until(() =>
      listening.collector.deliveries.some((delivery) => delivery.routingKey.endsWith('.done')),
    );
    const heard = listening.collector.deliveries.map((delivery) => delivery.routingKey);
    expect(heard.sort()).toEqual(
      [
        `${topicPrefix}.ready`,
        `${topicPrefix}.ci.container-image.test.complete`,
        `${topicPrefix}.done`,
      ].sort(),
    );
    const queue = await (await aChannel()).checkQueue(`flibs.${instance}.upstream-bridge`);
    expect(queue.queue).toBe(`flibs.${instance}.upstream-bridge`);
  });
});

describe('with a second bus configured', () => {
  test('one hears what it says, and what others say on our own broker as well', async () => {
    const own = await aBus();
    const listening = await anInstanceThatListens(own);
    const { config } = await loadConfig({
      env: { FLIBS_UPSTREAM_URL: second.url, FLIBS_INSTANCE: listening.instance },
      workingDirectory: '/nonexistent',
    });
    const nowhere = { bus: '', store: '', candidateRegistry: '', releaseRegistry: '' };
    const topics = [`${listening.topicPrefix}.#`];
    const bridges = await runUpstreamBridges({ config, addresses: nowhere, bus: own, log }, topics);
    for (const bridge of bridges) afterwards(() => bridge.stop());
    const theirs = await aBus({ url: second.url });
    for (const [bus, from] of [
      [theirs, 'theirs'],
      [own, 'ours'],
    ] as const) {
      const message = anOutgoing({ exchange: 'amq.topic', routingKey: `${listening.topicPrefix}.${from}` });
      await until(async () => (await bus.publish(message)) === 'confirmed');
    }
    await listening.collector.reached(2);
    const heard = listening.collector.deliveries.map(({ routingKey }) => routingKey);
    expect(heard.sort()).toEqual([`${listening.topicPrefix}.ours`, `${listening.topicPrefix}.theirs`]);
  });
});
