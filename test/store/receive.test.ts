/** What becomes of a message: rules 1, 3 and 4 of ARCHITECTURE on a real store. */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Consumer, subscribe } from '../../src/runtime/consumer.ts';
import { openReceiver, type Receiver } from '../../src/runtime/receive.ts';
import {
  aConsumer,
  aDelivery,
  anEnvironment,
  bodyOf,
  rowsOf,
  type TestEnvironment,
  ThingSeen,
} from './an-environment.ts';
import { emptyStore } from './empty-store.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
});
afterAll(() => close());
beforeEach(() => emptyStore(environment.store));

const ready = async (consumer: Consumer<unknown>): Promise<Receiver> => {
  const receiver = openReceiver(consumer, environment);
  await receiver.refreshKnowledge();
  return receiver;
};
const rows = (table: string) => rowsOf(environment.store, table);

describe('an understood message', () => {
  test('is decided on and what it says is written in one transaction', async () => {
    const receiver = await ready(
      aConsumer(async (flow, body) => void (await flow.say(ThingSeen, bodyOf(body.thing)))),
    );
    const delivery = aDelivery({ thing: 'x' });
    expect(await receiver.receive(delivery)).toBe('ack');
    expect(await rows('inbox')).toMatchObject([
      { consumer: 'thing-watcher', origin: 'facts', message_id: delivery.messageId },
    ]);
    expect(await rows('outbox')).toMatchObject([
      {
        routing_key: 'org.example.dev.flibs.thing.seen',
        exchange: 'flibs.test.facts',
        published_at: null,
        mandatory: true,
        headers: { 'flibs-causation': delivery.messageId },
      },
    ]);
  });

  test('is handled once, however often it is delivered', async () => {
    const handle = jest.fn(async () => undefined);
    const receiver = await ready(aConsumer(handle));
    const delivery = aDelivery();
    expect(await receiver.receive(delivery)).toBe('ack');
    expect(await receiver.receive({ ...delivery, redelivered: true })).toBe('ack');
    expect(handle).toHaveBeenCalledTimes(1);
    expect(await rows('delivery_attempt')).toEqual([]);
  });

  test('is handled once by two processes that have it at the same time', async () => {
    const handle = jest.fn(async () => undefined);
    const [one, two] = await Promise.all([ready(aConsumer(handle)), ready(aConsumer(handle))]);
    const delivery = aDelivery();
    expect(await Promise.all([one?.receive(delivery), two?.receive(delivery)])).toEqual(['ack', 'ack']);
    expect(handle).toHaveBeenCalledTimes(1);
  });

  test('is handled by each consumer that hears it', async () => {
    const handle = jest.fn(async () => undefined);
    const delivery = aDelivery();
    await (await ready(aConsumer(handle))).receive(delivery);
    await (await ready(aConsumer(handle, { name: 'other-watcher' }))).receive(delivery);
    expect(handle).toHaveBeenCalledTimes(2);
  });

  test('with an id that another body had is a dead letter', async () => {
    const handle = jest.fn(async () => undefined);
    const receiver = await ready(aConsumer(handle));
    const first = aDelivery({ thing: 'x' });
    await receiver.receive(first);
    const second = aDelivery({ thing: 'y', messageId: first.messageId });
    expect(await receiver.receive(second)).toBe('ack');
    expect(handle).toHaveBeenCalledTimes(1);
    expect(await rows('dead_letter')).toMatchObject([
      { reason: expect.stringMatching(/^id reused/), body: second.body },
    ]);
  });

  test('that loses races is handled again at once, and says what it says once', async () => {
    let runs = 0;
    const receiver = await ready(
      aConsumer(async (flow, body) => {
        await flow.say(ThingSeen, bodyOf(body.thing));
        runs += 1;
        if (runs < 4)
          throw Object.assign(new Error('could not serialize'), { code: runs === 1 ? '40P01' : '40001' });
      }),
    );
    expect(await receiver.receive(aDelivery())).toBe('ack');
    expect(runs).toBe(4);
    expect(await rows('outbox')).toHaveLength(1);
    expect(await rows('deferred')).toEqual([]);
  });
});

describe('a message whose handling fails', () => {
  const failing = () =>
    aConsumer(async (flow, body) => {
      await flow.say(ThingSeen, bodyOf(body.thing));
      await flow.timer({ kind: 'thing', key: 'x', due: flow.now });
      throw new Error('the thing is broken');
    });

  test('leaves nothing but a deferred row with its bytes, headers and error', async () => {
    const receiver = await ready(failing());
    const delivery = aDelivery({
      headers: { raw: Buffer.from([0, 255]), text: 'a\0b', 'sent-at': '2026-11-23T10:00:00Z' },
    });
    expect(await receiver.receive(delivery)).toBe('ack');
    expect(await rows('deferred')).toMatchObject([
      {
        message_id: delivery.messageId,
        attempts: 1,
        reason: 'failed',
        error: 'the thing is broken',
        body: delivery.body,
        headers: { raw: { $bytes: 'AP8=' }, text: 'a\ufffdb' },
      },
    ]);
    for (const table of ['inbox', 'outbox', 'timer', 'dead_letter'] as const)
      expect(await rows(table)).toEqual([]);
  });

  test('is put off when the handler swallows an error that has ruined its transaction', async () => {
    const receiver = await ready(
      aConsumer(async (flow) => {
        await sql`select * from no_such_table`.execute(flow.tx).catch(() => undefined);
      }),
    );
    expect(await receiver.receive(aDelivery())).toBe('ack');
    expect(await rows('inbox')).toEqual([]);
    expect(await rows('deferred')).toHaveLength(1);
  });

  test('stays with the broker while the store is away, and no attempt is counted', async () => {
    const receiver = await ready(
      aConsumer(() => Promise.reject(Object.assign(new Error('terminating connection'), { code: '57P01' }))),
    );
    const delivery = aDelivery({ redelivered: true });
    for (let i = 0; i < 10; i += 1) expect(await receiver.receive({ ...delivery })).toBe('requeue');
    expect(await rows('delivery_attempt')).toMatchObject([{ attempts: 1 }]);
    expect(await rows('deferred')).toEqual([]);
  });
});

describe('a redelivered message', () => {
  test('records its attempt before it is handled, and forgets it afterwards', async () => {
    const seen: unknown[] = [];
    const receiver = await ready(
      aConsumer(async () => {
        seen.push(...(await rows('delivery_attempt')));
      }),
    );
    await receiver.receive(aDelivery({ redelivered: true }));
    expect(seen).toMatchObject([{ attempts: 1 }]);
    expect(await rows('delivery_attempt')).toEqual([]);
  });

  test('is a dead letter after five attempts that ended with the process', async () => {
    const handle = jest.fn(async () => undefined);
    const receiver = await ready(aConsumer(handle));
    const delivery = aDelivery({ redelivered: true });
    await environment.store.db
      .insertInto('delivery_attempt')
      .values({
        consumer: 'thing-watcher',
        origin: 'facts',
        message_id: delivery.messageId ?? '',
        attempts: 5,
        last_at: new Date(),
      })
      .execute();
    expect(await receiver.receive(delivery)).toBe('ack');
    expect(handle).not.toHaveBeenCalled();
    expect(await rows('dead_letter')).toMatchObject([
      { reason: 'delivered 6 times, never handled to the end' },
    ]);
    expect(await rows('delivery_attempt')).toEqual([]);
  });
});

describe('a message that cannot be handled', () => {
  test('of another schema is a dead letter at once, with the reason', async () => {
    const receiver = await ready(aConsumer(async () => undefined));
    await receiver.receive(aDelivery({ body: Buffer.from('{"thing":7}') }));
    expect(await rows('dead_letter')).toMatchObject([{ reason: expect.stringContaining('thing'), times: 1 }]);
  });

  test.each([
    ['no JSON', Buffer.from('{')],
    ['no object', Buffer.from('[1]')],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0])],
  ])('that is %s is a dead letter with its bytes, counted when it comes again', async (_what, body) => {
    const receiver = await ready(aConsumer(async () => undefined));
    const delivery = aDelivery({ body, messageId: undefined });
    await receiver.receive(delivery);
    await receiver.receive({ ...delivery, redelivered: true });
    expect(await rows('dead_letter')).toMatchObject([{ body, times: 2 }]);
  });

  test('because reading it throws is a dead letter', async () => {
    const receiver = await ready(
      aConsumer(async () => undefined, {
        subscriptions: [
          subscribe({
            exchange: 'facts',
            topics: ['#'],
            read: () => {
              throw new Error('hostile');
            },
            handle: async () => undefined,
          }),
        ],
      }),
    );
    await receiver.receive(aDelivery());
    expect(await rows('dead_letter')).toMatchObject([{ reason: 'reading it failed: Error: hostile' }]);
  });

  test('because it is of a newer major version is kept until a flibs that knows it runs', async () => {
    const receiver = await ready(aConsumer(async () => undefined));
    await receiver.receive(aDelivery({ headers: { 'ce-type': 'io.flibs.thing.happened.v2' } }));
    expect(await rows('deferred')).toMatchObject([{ reason: 'newer-major' }]);
    expect(await rows('dead_letter')).toEqual([]);
  });
});
