/** Handles an understood message once, whatever happens: inbox row, decision and what it says in one transaction. */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { deliveryId } from '../bus/decode-delivery.ts';
import type { Delivery } from '../bus/port.ts';
import { enterInbox, forgetAttempts } from '../store/inbox-rows.ts';
import { buryMessage, forgetDeferred, type Kept } from '../store/kept-messages.ts';
import type { Cause, Flow, Message } from './consumer.ts';
import type { Environment } from './environment.ts';
import { runFlow, runOpenedFlow } from './flow.ts';

/** A message with an id and a way to handle it. */
export interface Understood {
  readonly message: Message;
  readonly handle: (flow: Flow) => Promise<void>;
}

/** What else is known of the message: goes away with the transaction that settles it. */
export interface Traces {
  /** Row of the deferred messages. */
  readonly deferred?: number;
  /** It was redelivered, so its attempts are written down. */
  readonly attempts?: boolean;
}

export const causeOf = ({ id, topic, traceparent, causation }: Message): Cause => ({
  messageId: id,
  topic,
  traceparent,
  causation,
});

/** The message as a row keeps it. */
export const keptOf = (consumer: string, origin: string, delivery: Delivery): Kept => ({
  consumer,
  origin,
  messageId: deliveryId(delivery),
  bodyHash: createHash('sha256').update(delivery.body).digest(),
  raw: {
    exchange: delivery.exchange,
    topic: delivery.routingKey,
    contentType: delivery.contentType,
    contentEncoding: delivery.contentEncoding,
    headers: delivery.headers,
    body: delivery.body,
  },
});

/** @returns `same` where it was decided on before; `reused` where another message had its id. Nothing is done then. */
export const handleOnce = (
  environment: Environment,
  kept: Kept,
  { message, handle }: Understood,
  { log, traces }: { log: Logger; traces: Traces },
): Promise<'new' | 'same' | 'reused'> =>
  runOpenedFlow(
    environment,
    { cause: causeOf(message), log, purpose: 'handle' },
    (tx) => enterInbox(tx, kept, kept.bodyHash),
    async (flow, entered) => {
      if (entered === 'new') await handle(flow);
      if (entered !== 'reused') await clear(flow, kept, traces);
      return entered;
    },
  );

/** Heartbeats and log chunks: no row says that they were here, and none is made if they fail. */
export const handleTransient = (
  environment: Environment,
  { message, handle }: Understood,
  log: Logger,
): Promise<void> => runFlow(environment, { cause: causeOf(message), log, purpose: 'handle' }, handle);

/** Writes a message down as dead, and forgets what else was kept of it. */
export const bury = (environment: Environment, kept: Kept, reason: string, traces: Traces): Promise<void> =>
  environment.store.transaction(async (tx) => {
    await buryMessage(tx, kept, reason);
    await clear({ tx }, kept, traces);
  }, 'bury');

const clear = async ({ tx }: Pick<Flow, 'tx'>, kept: Kept, traces: Traces): Promise<void> => {
  if (traces.deferred !== undefined) await forgetDeferred(tx, traces.deferred);
  if (traces.attempts) await forgetAttempts(tx, kept);
};
