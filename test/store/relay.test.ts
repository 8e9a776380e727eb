/** What was written into the outbox is sent: rule 2 of ARCHITECTURE. The bus does as the test says. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Flow } from '../../src/runtime/consumer.ts';
import { newCause, runFlow, storedCause } from '../../src/runtime/flow.ts';
import { relayOnce, startRelay } from '../../src/runtime/relay.ts';
import type { Store } from '../../src/store/connect.ts';
import { insertOutboxLast, type OutboxMessage } from '../../src/store/outbox-rows.ts';
import { setTimer } from '../../src/store/timer-rows.ts';
import { aGate } from '../bus/a-bus.ts';
import {
  anEnvironment,
  bodyOf,
  rowsOf,
  silent,
  type TestEnvironment,
  ThingHappened,
  until,
} from './an-environment.ts';
import { emptyStore } from './empty-store.ts';
import { aScriptedBus } from './scripted-bus.ts';

let environment: TestEnvironment;
let another: () => { environment: TestEnvironment; store: Store };
let close: () => Promise<void>;
beforeAll(async () => {
  ({ environment, another, close } = await anEnvironment());
});
afterAll(() => close());
beforeEach(async () => {
  await emptyStore(environment.store);
  environment = { ...environment, bus: aScriptedBus() };
});

const inFlow = (work: (flow: Flow) => Promise<void>, where: TestEnvironment = environment) =>
  runFlow(where, { cause: newCause('test'), log: silent, purpose: 'test' }, work);
const say = (...things: string[]) =>
  inFlow(async (flow) => {
    for (const thing of things) await flow.say(ThingHappened, bodyOf(thing));
  });
const aMessage = (messageId: string): OutboxMessage => ({
  messageId,
  exchange: 'flibs.test.facts',
  routingKey: 'x',
  headers: {},
  body: Buffer.from('{}'),
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  persistent: true,
  mandatory: true,
});
const outbox = () => rowsOf(environment.store, 'outbox');
/** As if the time until each row falls due again had passed. */
const makeDue = () =>
  sql`UPDATE outbox SET next_at = now() WHERE published_at IS NULL`.execute(environment.store.db);

describe('the outbox', () => {
  test('has no row of a transaction that failed', async () => {
    const failing = inFlow(async (flow) => {
      await flow.say(ThingHappened, bodyOf('x'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await outbox()).toEqual([]);
  });

  test('that cannot be written takes the whole transaction with it', async () => {
    const failing = environment.store.transaction(async (tx) => {
      await insertOutboxLast(tx, [aMessage('no uuid')], 0, () => undefined);
      await setTimer(tx, {
        kind: 'k',
        key: 'x',
        due: new Date(),
        payload: null,
        cause: storedCause(newCause('test')),
      });
    });
    await expect(failing).rejects.toThrow(/uuid/);
    expect(await rowsOf(environment.store, 'timer')).toEqual([]);
    expect(await outbox()).toEqual([]);
  });

  test('takes no body that the schema of its event refuses', async () => {
    await expect(
      inFlow(
        async (flow) =>
          void (await flow.say(ThingHappened, {
            ...bodyOf('x'),
            thing: 'x',
            schemaVersion: 1,
            aggregate: { kind: 'build', id: '', seq: 1 },
          })),
      ),
    ).rejects.toThrow(/flibs.thing.happened/);
  });
});

describe('a row', () => {
  test('is sent under its own message id, and marked', async () => {
    await say('x');
    const [row] = await outbox();
    expect(await relayOnce(environment)).toBe(1);
    expect(environment.bus.published).toMatchObject([
      { messageId: row?.['message_id'], mandatory: true, persistent: true, contentType: 'application/json' },
    ]);
    expect(await outbox()).toMatchObject([{ published_at: expect.any(Date), last_error: null }]);
    expect(await relayOnce(environment)).toBe(0);
  });

  test('whose relay died between publishing and marking is sent again, under the same id', async () => {
    await say('x');
    environment.bus.answer = () => 'lost';
    const dying = relayOnce(environment);
    await until(() => environment.bus.published.length === 1);
    const second = another();
    expect(await relayOnce(second.environment)).toBe(0);
    await makeDue();
    expect(await relayOnce(second.environment)).toBe(1);
    expect(second.environment.bus.published[0]?.messageId).toBe(environment.bus.published[0]?.messageId);
    expect(await outbox()).toMatchObject([{ published_at: expect.any(Date) }]);
    environment.bus.confirmLost();
    await dying;
  });

  test('that is refused is put off, others go on, and after ten tries it is a dead letter', async () => {
    await say('bad', 'good');
    environment.bus.answer = (message) =>
      message.body.includes('bad') ? { refused: 'headers too large' } : 'confirmed';
    await relayOnce(environment);
    expect(environment.bus.published).toHaveLength(1);
    for (let i = 0; i < 9; i += 1) {
      expect(await outbox()).toContainEqual(
        expect.objectContaining({ attempts: i + 1, last_error: 'headers too large' }),
      );
      await makeDue();
      await relayOnce(environment);
    }
    expect(await outbox()).toHaveLength(1);
    expect(await rowsOf(environment.store, 'dead_letter')).toMatchObject([
      { consumer: 'relay', reason: 'could not be sent, tried 10 times: headers too large' },
    ]);
  });

  test('that no queue takes is sent three times, as queues may come back, and then counts as said', async () => {
    await say('x');
    environment.bus.answer = () => 'returned';
    for (let i = 0; i < 3; i += 1) {
      expect(await relayOnce(environment)).toBe(1);
      await makeDue();
    }
    expect(await relayOnce(environment)).toBe(0);
    expect(await outbox()).toMatchObject([
      { published_at: expect.any(Date), last_error: 'no queue took it' },
    ]);
  });

  test('of a command that no queue takes makes its timer due at once, without losing what the timer carries', async () => {
    await inFlow(async (flow) => {
      const later = new Date(flow.now.getTime() + 60_000);
      await flow.timer({ kind: 'run.unacknowledged', key: 'run 1', due: later, payload: { run: 1 } });
      await flow.command({
        queue: 'w.1',
        body: { kind: 'build' },
        onReturned: 'run.unacknowledged',
        key: 'run 1',
      });
      await flow.command({
        queue: 'w.2',
        body: { kind: 'build' },
        onReturned: 'run.unacknowledged',
        key: 'run 2',
      });
    });
    environment.bus.answer = () => 'returned';
    await relayOnce(environment);
    expect(environment.bus.published).toMatchObject([
      { exchange: 'flibs.test.workers', routingKey: 'w.1' },
      { exchange: 'flibs.test.workers', routingKey: 'w.2' },
    ]);
    const timers = await sql`SELECT key, payload, due <= now() AS due FROM timer ORDER BY key`.execute(
      environment.store.db,
    );
    expect(timers.rows).toEqual([
      { key: 'run 1', payload: { run: 1 }, due: true },
      { key: 'run 2', payload: null, due: true },
    ]);
  });
});

describe('relays', () => {
  test('of two processes share the rows and send none twice', async () => {
    await say(...Array.from({ length: 250 }, (_, i) => `thing ${i}`));
    const second = another();
    const relays = [startRelay(environment), startRelay(second.environment)];
    await until(async () => (await outbox()).every((row) => row['published_at'] !== null));
    await Promise.all(relays.map((relay) => relay.stop()));
    const ids = [...environment.bus.published, ...second.environment.bus.published].map(
      (each) => each.messageId,
    );
    expect(ids).toHaveLength(250);
    expect(new Set(ids).size).toBe(250);
  });

  test('are handed what their own process commits, and need not look for it', async () => {
    const looking = aGate();
    const { store } = environment;
    const relay = startRelay({
      ...environment,
      store: {
        ...store,
        statement: async (run, purpose) => {
          if (purpose === 'claim-outbox' && environment.wake.takesWritten) await looking.opened;
          return store.statement(run, purpose);
        },
      },
    });
    await until(() => environment.wake.takesWritten);
    await say('x');
    await until(() => environment.bus.published.length === 1);
    await until(async () => (await outbox()).every((row) => row['published_at'] !== null));
    looking.open();
    await relay.stop();
  });

  test('mark what is confirmed while they mark', async () => {
    const marking = aGate();
    const { store } = environment;
    const answers: (() => void)[] = [];
    const relay = startRelay({
      ...environment,
      bus: {
        ...environment.bus,
        publish: (message) =>
          new Promise((resolve) => {
            answers.push(() => resolve('confirmed'));
            void environment.bus.publish(message);
          }),
      },
      store: {
        ...store,
        statement: async (run, purpose) => {
          if (purpose === 'mark-outbox') {
            // The second is confirmed while the first is marked.
            answers.pop()?.();
            await marking.opened;
          }
          return store.statement(run, purpose);
        },
      },
    });
    await until(() => environment.wake.takesWritten);
    await say('first', 'second');
    await until(() => answers.length === 2);
    answers.shift()?.();
    await until(() => answers.length === 0);
    marking.open();
    await until(async () => (await outbox()).every((row) => row['published_at'] !== null));
    await relay.stop();
  });

  test('find what another process has written', async () => {
    const relay = startRelay(environment);
    await inFlow(async (flow) => void (await flow.say(ThingHappened, bodyOf('x'))), another().environment);
    await until(() => environment.bus.published.length === 1);
    await relay.stop();
  });

  test('take nothing while the broker is away, and go on when it is back', async () => {
    environment.bus.connected = false;
    const relay = startRelay(environment);
    await say('x');
    expect(await sql`SELECT 1 FROM outbox WHERE next_at > now()`.execute(environment.store.db)).toMatchObject(
      { rows: [] },
    );
    environment.bus.connected = true;
    environment.bus.changed();
    await until(() => environment.bus.published.length === 1);
    await relay.stop();
  });

  test('do not wait for a broker that never answers when they stop', async () => {
    environment.bus.answer = () => 'lost';
    const relay = startRelay(environment);
    await say('x');
    await until(() => environment.bus.published.length === 1);
    await relay.stop();
    expect(await outbox()).toMatchObject([{ published_at: null, attempts: 0 }]);
  });
});
