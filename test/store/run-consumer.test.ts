/** A consumer's share in one process: from its start to its stop. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { instanceTopology } from '../../src/bus/topology.ts';
import { type Consumer, effect, onFact, subscribe } from '../../src/runtime/consumer.ts';
import { prune } from '../../src/runtime/prune.ts';
import { queuesOf, startConsumer } from '../../src/runtime/run-consumer.ts';
import {
  aConsumer,
  aDelivery,
  anEnvironment,
  rowsOf,
  type TestEnvironment,
  ThingHappened,
  until,
} from './an-environment.ts';
import { emptyStore } from './empty-store.ts';
import { aScriptedBus } from './scripted-bus.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
});
afterAll(() => close());
beforeEach(async () => {
  await emptyStore(environment.store);
  environment = { ...environment, bus: aScriptedBus() };
});

/** Knows a word from the store, hears things and heartbeats, and has an effect. */
const knowing = (heard: string[]): Consumer<unknown, string> => ({
  name: 'thing-watcher',
  listensTo: '',
  does: '',
  says: [],
  subscriptions: [
    onFact(ThingHappened, (flow, body) => flow.job({ kind: 'copy', key: body.thing, inputs: {} })),
    subscribe({
      exchange: 'workers',
      topics: ['announce'],
      transient: true,
      read: (_message, knowledge: string) => ({ verdict: 'understood', as: knowledge }),
      handle: async (_flow, knowledge) => void heard.push(knowledge),
    }),
  ],
  effects: [
    effect({
      kind: 'copy',
      inputs: z.object({}),
      lease: 30,
      concurrency: 1,
      run: async () => undefined,
      complete: async () => undefined,
    }),
  ],
  knowledge: async (tx) => {
    const timer = await tx.selectFrom('timer').select('key').where('kind', '=', 'word').executeTakeFirst();
    return timer?.key ?? 'nothing';
  },
  onStart: (flow) => flow.timer({ kind: 'start', key: 'standing', due: flow.now }),
});

test('it sets what stands, consumes its queues, does its effects, and stops', async () => {
  const consumer = await startConsumer(knowing([]), environment);
  expect(await rowsOf(environment.store, 'timer')).toMatchObject([{ kind: 'start', key: 'standing' }]);
  expect(environment.bus.consuming.map(({ queue }) => queue)).toEqual([
    'flibs.test.thing-watcher',
    'flibs.test.thing-watcher.transient',
  ]);
  expect(await environment.bus.consuming[0]?.onDelivery(aDelivery({ thing: 'x' }))).toBe('ack');
  await until(async () => (await rowsOf(environment.store, 'job'))[0]?.['state'] === 'done');
  await environment.bus.consuming[0]?.onDelivery(aDelivery({ routingKey: 'something.else' }));
  await consumer.stop();
  expect(environment.bus.consuming).toEqual([]);
  expect(await rowsOf(environment.store, 'ignored')).toMatchObject([{ topic: 'something.else', count: 1 }]);
});

test('what it knows is read again when the definitions change', async () => {
  const heard: string[] = [];
  const consumer = await startConsumer(knowing(heard), environment);
  const [durable, transient] = environment.bus.consuming;
  const beat = () =>
    transient?.onDelivery(aDelivery({ exchange: 'flibs.test.workers', routingKey: 'announce' }));
  await beat();
  await environment.store.db
    .insertInto('timer')
    .values({ kind: 'word', key: 'bird', due: new Date(), payload: 'null', cause: '{}' })
    .execute();
  await durable?.onDelivery(aDelivery({ routingKey: 'org.example.dev.flibs.definitions.changed' }));
  await until(async () => {
    await beat();
    return heard.at(-1) === 'bird';
  });
  expect(heard[0]).toBe('nothing');
  await consumer.stop();
});

test('its queues and bindings follow from its declaration', () => {
  const { queues, bindings } = instanceTopology({
    instance: 'test',
    topicPrefix: 'org.example.dev',
    publicExchange: undefined,
    consumers: [queuesOf(knowing([]))],
  });
  expect(queues.map((queue) => queue.name)).toContain('flibs.test.thing-watcher.transient');
  const keys = bindings.map((binding) => [binding.queue.replace('flibs.test.', ''), binding.routingKey]);
  expect(keys).toEqual(
    expect.arrayContaining([
      ['thing-watcher', 'org.example.dev.flibs.thing.happened'],
      ['thing-watcher', 'org.example.dev.flibs.definitions.changed'],
      ['thing-watcher.transient', 'announce'],
    ]),
  );
});

test('what goes on beside it ends with it', async () => {
  let going = false;
  const background = () => {
    going = true;
    return {
      stop: async () => {
        going = false;
      },
    };
  };
  const consumer = await startConsumer(
    aConsumer(async () => undefined, { background }),
    environment,
  );
  expect(going).toBe(true);
  await consumer.stop();
  expect(going).toBe(false);
});

test('pruning deletes what is old, in batches, and nothing else', async () => {
  const { db } = environment.store;
  const old = new Date(Date.now() - 100 * 86_400_000);
  const entry = (id: string, received_at: Date) => ({
    consumer: 'c',
    origin: 'facts',
    message_id: id,
    body_hash: Buffer.alloc(32),
    received_at,
  });
  await db
    .insertInto('inbox')
    .values([entry('new', new Date()), ...Array.from({ length: 25 }, (_, i) => entry(`old ${i}`, old))])
    .execute();
  expect(await prune(environment, { batch: 10 })).toMatchObject({ inbox: 25, outbox: 0, job: 0 });
  expect(await rowsOf(environment.store, 'inbox')).toMatchObject([{ message_id: 'new' }]);
});
