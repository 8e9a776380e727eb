/** Builders for tests of the runtime: a store of their own, a bus that does as told, and messages. */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { pino } from 'pino';
import { z } from 'zod';
import { defineEvent, EventBase } from '../../schemas/events/event.ts';
import type { Delivery } from '../../src/bus/port.ts';
import { type Consumer, onFact } from '../../src/runtime/consumer.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import { uuidv7 } from '../../src/runtime/uuid.ts';
import { newWake } from '../../src/runtime/wake.ts';
import { openStore, type Store } from '../../src/store/connect.ts';
import { aDatabase, type Template, testSchema } from '../servers/database.ts';
import { aScriptedBus, type ScriptedBus } from './scripted-bus.ts';

export const silent = pino({ level: process.env['FLIBS_TEST_LOG'] ?? 'silent' });

export interface TestEnvironment extends Environment {
  readonly bus: ScriptedBus;
  readonly clock: { aheadMs: number };
}

/** An environment on a database of its own, a copy of the template, and what ends it. */
export const anEnvironment = async (
  template?: Template,
): Promise<{
  environment: TestEnvironment;
  store: Store;
  /** Another process' view of the same store. */
  another: () => { environment: TestEnvironment; store: Store };
  close: () => Promise<void>;
}> => {
  const database = await aDatabase(template);
  const stores: Store[] = [];
  const another = () => {
    const environment = environmentAt(database.url);
    stores.push(environment.store);
    return { environment, store: environment.store };
  };
  return {
    ...another(),
    another,
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await database.drop();
    },
  };
};

/** On the database at this URL. Its store is the caller's to close. */
export const environmentAt = (url: string): TestEnvironment => ({
  bus: aScriptedBus(),
  store: openStore({ connection: url, schema: testSchema, log: silent, connections: 6 }),
  instance: 'test',
  topicPrefix: 'org.example.dev',
  log: silent,
  ports: {},
  wake: newWake(),
  clock: { aheadMs: 0 },
});

/** An event for tests: something happened to a thing. */
export const ThingHappened = defineEvent({
  topic: 'flibs.thing.happened',
  major: 1,
  description: 'Something happened to a thing.',
  body: EventBase.extend({ thing: z.string() }),
  subject: (body) => body.thing,
});

/** Another one, for what a consumer says in turn. */
export const ThingSeen = defineEvent({ ...ThingHappened, topic: 'flibs.thing.seen' });

export const bodyOf = (thing: string) => ({
  schemaVersion: 1 as const,
  aggregate: { kind: 'build' as const, id: thing, seq: 1 },
  thing,
});

export const aDelivery = (delivery: Partial<Delivery> & { thing?: string } = {}): Delivery => {
  const { thing = 'a', ...rest } = delivery;
  return {
    exchange: 'flibs.test.facts',
    routingKey: 'org.example.dev.flibs.thing.happened',
    messageId: uuidv7(),
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    headers: {},
    body: Buffer.from(JSON.stringify(bodyOf(thing))),
    redelivered: false,
    ...rest,
  };
};

/** A consumer that hears things happen. */
export const aConsumer = (
  handle: Parameters<typeof onFact<typeof ThingHappened.body>>[1],
  more: Partial<Consumer<unknown>> = {},
): Consumer<unknown> => ({
  name: 'thing-watcher',
  listensTo: 'things that happen',
  does: 'watches',
  says: [],
  subscriptions: [onFact(ThingHappened, handle)],
  ...more,
});

/** All rows of a table, as they are. */
export const rowsOf = async (store: Store, table: string): Promise<readonly Record<string, unknown>[]> => {
  const { rows } = await sql<Record<string, unknown>>`SELECT * FROM ${sql.table(table)}`.execute(store.db);
  return rows;
};

/** Waits until it is so; the test's own time limit ends it. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await delay(5);
};
