/** One transaction with its cause, its time and what it says: rule 1 of ARCHITECTURE. */
import { randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Logger } from 'pino';
import { MessageId } from '../../schemas/ids.ts';
import { concernsOf, encodeEvent } from '../bus/envelope.ts';
import { continueTrace } from '../bus/trace-context.ts';
import type { Database } from '../store/database.ts';
import { ownersOf } from '../store/image-owners.ts';
import { requestJob } from '../store/job-rows.ts';
import { type ClaimedOutboxRow, insertOutboxLast, type OutboxMessage } from '../store/outbox-rows.ts';
import type { StoredCause } from '../store/runtime-tables.ts';
import { removeTimer, setTimer } from '../store/timer-rows.ts';
import type { Cause, Flow } from './consumer.ts';
import { type Environment, readNow } from './environment.ts';
import { commandMessage } from './internal-message.ts';
import { uuidv7 } from './uuid.ts';

export interface FlowOptions {
  readonly cause: Cause;
  readonly log: Logger;
  /** For logs, and for tests that fail there: `handle`, `complete`, ... */
  readonly purpose: string;
}

type OwnersOf = (images: readonly string[]) => readonly string[];

/** What this process should look at once the transaction has committed. */
interface Asked {
  /** What is sent, once it is known who owns the images that it names. */
  outbox: ((owners: OwnersOf) => OutboxMessage)[];
  /** Named by what is said. */
  images: Set<string>;
  /** Kinds. */
  readonly jobs: Set<string>;
  /** Milliseconds until the earliest timer that was set. */
  timerIn: number | undefined;
}

/** Seconds that a relay has a row before another may send it. */
export const relayLeaseSeconds = 10;

/**
 * Runs `work` in a transaction; what it says, asks for and sets becomes real with the commit or not at all. `work` is
 * run again when the transaction lost a race, so it must not act outside the store.
 */
export const runFlow = <T>(
  environment: Environment,
  options: FlowOptions,
  work: (flow: Flow) => Promise<T>,
): Promise<T> =>
  runOpenedFlow(
    environment,
    options,
    async () => undefined,
    (flow) => work(flow),
  );

/** As `runFlow`, with a first statement that needs nothing but the transaction: it goes out with its beginning. */
export const runOpenedFlow = async <Opened, T>(
  environment: Environment,
  options: FlowOptions,
  open: (tx: Transaction<Database>) => Promise<Opened>,
  work: (flow: Flow, opened: Opened) => Promise<T>,
): Promise<T> => {
  const { wake } = environment;
  let asked = nothingAsked();
  let written: readonly ClaimedOutboxRow[] = [];
  // The rows go straight to this process's relay while it has room: nobody has to look for them.
  const handsOver = wake.takesWritten;
  const result = await environment.store.transaction(async (tx) => {
    asked = nothingAsked();
    const [opened, now] = await Promise.all([open(tx), readNow(environment, tx)]);
    const flow = makeFlow(environment, options, { tx, now }, asked);
    const value = await work(flow, opened);
    // Asked for once a transaction, whatever it says.
    const owners = await ownersOf(tx, [...asked.images]);
    const messages = asked.outbox.map((encode) => encode(owners));
    await insertOutboxLast(tx, messages, handsOver ? relayLeaseSeconds : 0, (rows) => {
      written = rows;
    });
    return value;
  }, options.purpose);
  if (handsOver && written.length > 0) wake.emit('written', written);
  else if (asked.outbox.length > 0) wake.emit('outbox');
  if (asked.jobs.size > 0) wake.emit('jobs', [...asked.jobs]);
  if (asked.timerIn !== undefined) wake.emit('timer', asked.timerIn);
  return result;
};

const nothingAsked = (): Asked => ({ outbox: [], images: new Set(), jobs: new Set(), timerIn: undefined });

/** The cause as it is kept with a job or a timer. */
export const storedCause = ({ messageId, topic, traceparent, causation }: Cause): StoredCause => ({
  messageId,
  topic,
  ...(traceparent === undefined ? {} : { traceparent }),
  causation,
});

/** The cause of what a job or a timer does. */
export const causeFrom = (stored: StoredCause): Cause => ({
  messageId: MessageId.parse(stored.messageId),
  topic: stored.topic,
  traceparent: stored.traceparent,
  causation: stored.causation,
});

/** For what no message caused: the start of a process, a person at the command line. Begins a trace of its own. */
export const newCause = (topic: string): Cause => ({
  messageId: MessageId.parse(uuidv7()),
  topic,
  traceparent: continueTrace(undefined, randomBytes(24).toString('hex')),
  causation: [],
});

/** What happens now, in the trace of what began it. */
const joined = (begun: Cause, now: Cause): Cause => ({
  messageId: now.messageId,
  topic: now.topic,
  traceparent: begun.traceparent ?? now.traceparent,
  causation: [...begun.causation, begun.messageId].filter((id) => id !== now.messageId),
});

const makeFlow = (
  environment: Environment,
  options: FlowOptions,
  moment: { readonly tx: Transaction<Database>; readonly now: Date },
  asked: Asked,
): Flow => {
  const { cause, log } = options;
  const { tx, now } = moment;
  const newId = () => uuidv7(now.getTime());
  // One span a transaction: everything it says was said in one step.
  const traceparent = continueTrace(cause.traceparent, randomBytes(24).toString('hex'));
  const causation = [...cause.causation, cause.messageId];
  return {
    tx,
    now,
    cause,
    log,
    newId,
    under: (begun) => makeFlow(environment, { ...options, cause: joined(begun, cause) }, moment, asked),
    say: async (event, body, images = concernsOf(event, body).containers ?? []) => {
      const { instance: source, topicPrefix } = environment;
      const id = newId();
      for (const image of images) asked.images.add(image);
      asked.outbox.push((ownersOfImages) => {
        const owners = ownersOfImages(images);
        return encodeEvent({
          event,
          body,
          owners,
          id,
          time: now,
          source,
          topicPrefix,
          traceparent,
          causation,
        });
      });
      return MessageId.parse(id);
    },
    command: async (command) => {
      const trail = { messageId: newId(), time: now, traceparent, causation };
      asked.outbox.push(() => commandMessage(environment.instance, command, trail));
    },
    job: async ({ kind, key, inputs, due = now, again = false }) => {
      await requestJob(tx, { kind, key, inputs, due, again, cause: storedCause(cause) });
      asked.jobs.add(kind);
    },
    timer: async ({ kind, key, due, payload = null }) => {
      await setTimer(tx, { kind, key, due, payload, cause: storedCause(cause) });
      asked.timerIn = Math.min(
        asked.timerIn ?? Number.POSITIVE_INFINITY,
        Math.max(0, due.getTime() - now.getTime()),
      );
    },
    cancelTimer: (kind, key) => removeTimer(tx, kind, key),
  };
};
