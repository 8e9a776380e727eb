/**
 * What a consumer is. Glossary: a *subscription* is what it listens to and decides on; an *effect* is work outside
 * the store that a job row asks for; a *flow* is one transaction with its cause, its time and what it says.
 */
import type { Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { EventType } from '../../schemas/events/event.ts';
import type { MessageId } from '../../schemas/ids.ts';
import type { Message } from '../bus/message.ts';
import type { ExchangeRole } from '../bus/names.ts';
import { type Reading, read } from '../nominating/reading.ts';
import type { Database } from '../store/database.ts';
import type { Environment } from './environment.ts';
import type { Running } from './loop.ts';

export type { Message } from '../bus/message.ts';
export type { ExchangeRole } from '../bus/names.ts';

/** What caused a transaction; goes into every transition, event and nomination it makes. */
export interface Cause {
  readonly messageId: MessageId;
  readonly topic: string;
  readonly traceparent: string | undefined;
  readonly causation: readonly string[];
}

/** One transaction: rule 1 of ARCHITECTURE. Everything asked for here happens when it commits, or not at all. */
export interface Flow {
  readonly tx: Transaction<Database>;
  /** Read once per transaction, from the database. */
  readonly now: Date;
  readonly cause: Cause;
  readonly log: Logger;
  /** A new UUIDv7. */
  newId(): string;
  /**
   * The same transaction, speaking of work that something else began: a heartbeat frees a slot, but an arch build goes
   * on because of an update. What it says has that work's trace, and its causes before the present one.
   */
  under(cause: Cause): Flow;
  /**
   * Says a fact, naming the owners of the images that it concerns. Resolves to the message id it will have.
   * @param images - where the event does not name them as its containers
   */
  say<Body extends z.ZodType>(
    event: EventType<Body>,
    body: z.input<Body>,
    images?: readonly string[],
  ): Promise<MessageId>;
  /** Sends a command to a worker's own queue. If no queue takes it, a timer of kind `onReturned` with key `key` falls due. */
  command(command: { queue: string; body: unknown; onReturned: string; key: string }): Promise<void>;
  /** Asks for an effect. The same kind and key twice is one job; `again` makes an ended or waiting one due now. */
  job(job: { kind: string; key: string; inputs: unknown; due?: Date; again?: boolean }): Promise<void>;
  /** Sets or moves a timer; when due the timekeeper sends `internal.timer.<kind>` with key and payload. */
  timer(timer: { kind: string; key: string; due: Date; payload?: unknown }): Promise<void>;
  cancelTimer(kind: string, key: string): Promise<void>;
}

/** A subscription as it is written down in a consumer's file. */
export interface SubscriptionDeclaration<T, Knowledge> {
  readonly exchange: ExchangeRole;
  /** AMQP binding keys. `<prefix>` stands for the instance's own topic prefix. */
  readonly topics: readonly string[];
  /** Heartbeats and log chunks: no inbox row, not persistent, a queue that may be lost. */
  readonly transient?: boolean;
  /** Major version of ours that is read here: a newer one is deferred until a flibs that knows it runs. */
  readonly major?: number;
  readonly read: (message: Message, knowledge: Knowledge) => Reading<T>;
  readonly handle: (flow: Flow, value: T, message: Message) => Promise<void>;
}

/** A reading that knows what to do next. */
export type Received =
  | { readonly verdict: 'understood'; readonly as: unknown; readonly handle: (flow: Flow) => Promise<void> }
  | { readonly verdict: 'ignored'; readonly reason: string }
  | { readonly verdict: 'refused'; readonly reason: string };

/** A declaration whose payload type is closed over, so that subscriptions of many payloads make one list. */
export interface Subscription<Knowledge = undefined> {
  readonly exchange: ExchangeRole;
  readonly topics: readonly string[];
  readonly transient: boolean;
  readonly major?: number;
  readonly receive: (message: Message, knowledge: Knowledge) => Received;
}

export const subscribe = <T, Knowledge = undefined>(
  declaration: SubscriptionDeclaration<T, Knowledge>,
): Subscription<Knowledge> => ({
  exchange: declaration.exchange,
  topics: declaration.topics,
  transient: declaration.transient ?? false,
  ...(declaration.major === undefined ? {} : { major: declaration.major }),
  receive: (message, knowledge) => {
    const reading = declaration.read(message, knowledge);
    return reading.verdict === 'understood'
      ? { ...reading, handle: (flow) => declaration.handle(flow, reading.as, message) }
      : reading;
  },
});

/** Listens to a fact of ours: a body of another schema is refused. */
export const onFact = <Body extends z.ZodType, Knowledge = undefined>(
  event: EventType<Body>,
  handle: (flow: Flow, body: z.infer<Body>) => Promise<void>,
): Subscription<Knowledge> =>
  subscribe<z.infer<Body>, Knowledge>({
    exchange: 'facts',
    topics: [`<prefix>.${event.topic}`],
    major: event.major,
    read: (message) => read(event.body, message.body),
    handle: (flow, body) => handle(flow, body),
  });

/** Listens to what workers say, under a routing key of the workers exchange. */
export const onCommand = <Body extends z.ZodType, Knowledge = undefined>(
  heard: { readonly key: string; readonly body: Body; readonly transient?: boolean },
  handle: (flow: Flow, body: z.infer<Body>) => Promise<void>,
): Subscription<Knowledge> =>
  subscribe<z.infer<Body>, Knowledge>({
    exchange: 'workers',
    topics: [heard.key],
    transient: heard.transient ?? false,
    read: (message) => read(heard.body, message.body),
    handle: (flow, body) => handle(flow, body),
  });

/** Listens to a timer that fell due: the timekeeper sends it with its key and payload. */
export const onTimer = <Knowledge = undefined>(
  kind: string,
  handle: (flow: Flow, timer: { key: string; payload: unknown }) => Promise<void>,
): Subscription<Knowledge> =>
  subscribe<{ key: string; payload: unknown }, Knowledge>({
    exchange: 'facts',
    topics: [`internal.timer.${kind}`],
    read: (message) => {
      const key = message.body['key'];
      return typeof key === 'string'
        ? { verdict: 'understood', as: { key, payload: message.body['payload'] } }
        : { verdict: 'refused', reason: 'a timer without a key' };
    },
    handle: (flow, timer) => handle(flow, timer),
  });

/** An effect as it is written down: work outside the store, idempotent, completed where its run id still holds. */
export interface EffectDeclaration<Ports, Inputs extends z.ZodType, Output> {
  readonly kind: string;
  readonly inputs: Inputs;
  /** Seconds; renewed while `run` goes on. */
  readonly lease: number;
  /** At once in one process. */
  readonly concurrency: number;
  /** After so many failures the job is dead and `failed` is called. Absent: it is tried for ever, visibly. */
  readonly maxAttempts?: number;
  readonly run: (inputs: z.infer<Inputs>, ports: Ports, context: EffectContext) => Promise<Output>;
  readonly complete: (flow: Flow, inputs: z.infer<Inputs>, output: Output) => Promise<void>;
  readonly failed?: (flow: Flow, inputs: z.infer<Inputs>, error: unknown) => Promise<void>;
}

export interface EffectContext {
  readonly log: Logger;
  /** Aborted when the lease is lost or the process stops. */
  readonly signal: AbortSignal;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
}

/** A declaration whose types are closed over. `run` gives what is to be done in the completing transaction. */
export interface Effect<Ports> {
  readonly kind: string;
  readonly lease: number;
  readonly concurrency: number;
  readonly maxAttempts: number | undefined;
  readonly run: (
    inputs: unknown,
    ports: Ports,
    context: EffectContext,
  ) => Promise<(flow: Flow) => Promise<void>>;
  readonly failed: (flow: Flow, inputs: unknown, error: unknown) => Promise<void>;
}

export const effect = <Ports, Inputs extends z.ZodType, Output>(
  declaration: EffectDeclaration<Ports, Inputs, Output>,
): Effect<Ports> => ({
  kind: declaration.kind,
  lease: declaration.lease,
  concurrency: declaration.concurrency,
  maxAttempts: declaration.maxAttempts,
  run: async (raw, ports, context) => {
    const inputs = declaration.inputs.parse(raw);
    const output = await declaration.run(inputs, ports, context);
    return (flow) => declaration.complete(flow, inputs, output);
  },
  failed: async (flow, raw, error) => {
    await declaration.failed?.(flow, declaration.inputs.parse(raw), error);
  },
});

/** A consumer that decides and has effects done. `consumers/` holds one declaration a file. */
export interface Consumer<Ports, Knowledge = undefined> {
  readonly name: string;
  readonly listensTo: string;
  readonly does: string;
  /** Every event that its flows may say. */
  readonly says: readonly Pick<EventType, 'topic'>[];
  readonly subscriptions: readonly Subscription<Knowledge>[];
  readonly effects?: readonly Effect<Ports>[];
  /**
   * Transactions at once in a process, default 4: enough to keep the store busy, few enough not to wait for each other's
   * locks. More where they only add rows and so never wait.
   */
  readonly atOnce?: number;
  /** Read at the start, every ten seconds, and when `definitions.changed` is heard. */
  readonly knowledge?: (tx: Transaction<Database>) => Promise<Knowledge>;
  /** Once, in a transaction, when a process of this consumer starts: sets its timers and standing jobs. */
  readonly onStart?: (flow: Flow) => Promise<void>;
  /** What goes on beside its messages in each of its processes, such as keeping time. */
  readonly background?: (environment: Environment) => Running;
}
