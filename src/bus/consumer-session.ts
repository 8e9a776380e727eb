/** Consuming from one queue over one channel, until the channel ends or the consumer is told to stop. */
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { Logger } from 'pino';
import { Acknowledgements } from './acknowledgements.ts';
import { holdBackoff, pauseBefore, within } from './backoff.ts';
import type { Consuming, Delivery, Verdict } from './port.ts';
import { reasonOf } from './reason-of.ts';

export interface SessionOptions extends Consuming {
  /** Begin with one delivery at a time, and widen once a fresh one was dealt with. */
  readonly widens: boolean;
  readonly log: Logger;
}

/** Milliseconds that the broker has to answer when we stop. */
const answerTimeout = 5000;

/** Why a session ended. `cancelled`: the broker took the queue away. */
export type SessionEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'cancelled' | 'lost'; readonly reason: string };

/**
 * What becomes of deliveries:
 * - `ack`: acknowledged. On a channel that has ended this does nothing; the broker delivers again.
 * - `requeue`, or a handler that throws: held. Nothing new is taken from the broker, and what was held is handed over
 *   again after a backoff. It stays unacknowledged meanwhile, because each return to the queue would count against the
 *   queue's delivery limit, and a store that is away for an hour is no fault of the message (ARCHITECTURE rule 3). The
 *   broker's acknowledgement time-out, or our death, gives it back.
 */
export class ConsumerSession {
  readonly #options: SessionOptions;
  readonly #channel: Channel;
  readonly #acknowledgements: Acknowledgements;
  readonly #stop = new AbortController();
  readonly #inHand = new Set<Promise<void>>();
  #held: ConsumeMessage[] = [];
  #tags: string[] = [];
  #prefetch: number;
  #retrying: Promise<void> | undefined;
  /** Subscribing, widening and cancelling happen one after another. */
  #changes: Promise<void> = Promise.resolve();
  #end: (end: SessionEnd) => void = () => undefined;
  /** Resolves when there is nothing more to come from this channel. */
  readonly ended: Promise<SessionEnd>;

  static async open(model: ChannelModel, options: SessionOptions): Promise<ConsumerSession> {
    const channel = await model.createChannel();
    const session = new ConsumerSession(channel, options);
    await session.#change(() => session.#subscribe());
    return session;
  }

  private constructor(channel: Channel, options: SessionOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#prefetch = options.widens ? 1 : options.prefetch;
    this.#acknowledgements = new Acknowledgements(channel, (error) =>
      options.log.debug({ err: error }, `${options.queue}: too late to acknowledge; it will come again`),
    );
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#watch();
  }

  /** Stops taking deliveries, waits for those in hand, and gives back what is held. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await within(
      answerTimeout,
      this.#change(() => this.#unsubscribe()),
    );
    await this.settled();
    this.#acknowledgements.flush();
    this.#end({ kind: 'stopped' });
    await within(
      answerTimeout,
      this.#channel.close().catch(() => undefined),
    );
  }

  /** Resolves when no handler is at work any more. Only after the end is this for good. */
  async settled(): Promise<void> {
    await this.#retrying;
    while (this.#inHand.size > 0) await Promise.all(this.#inHand);
  }

  #watch(): void {
    let reason = 'its channel ended';
    this.#channel.on('error', (error) => {
      reason = reasonOf(error);
    });
    this.#channel.on('handler-error', (error) => {
      this.#options.log.error({ err: error }, `a listener on ${this.#options.queue} failed`);
    });
    this.#channel.on('close', () => {
      this.#stop.abort();
      this.#end({ kind: 'lost', reason });
    });
  }

  #change(act: () => Promise<void>): Promise<void> {
    // A channel that ends in the middle is told by its close event.
    this.#changes = this.#changes.then(act).catch((error: unknown) => {
      this.#options.log.debug({ err: error }, `consuming from ${this.#options.queue} could not be changed`);
    });
    return this.#changes;
  }

  async #subscribe(): Promise<void> {
    if (this.#tags.length > 0 || this.#retrying !== undefined || this.#stop.signal.aborted) return;
    this.#tags.push(await this.#consume(this.#prefetch));
  }

  async #consume(prefetch: number): Promise<string> {
    await this.#channel.prefetch(prefetch);
    const { consumerTag } = await this.#channel.consume(this.#options.queue, (message) =>
      this.#receive(message),
    );
    return consumerTag;
  }

  async #unsubscribe(): Promise<void> {
    for (const tag of this.#tags.splice(0)) await this.#channel.cancel(tag);
  }

  /**
   * A second consumer beside the narrow one takes the rest. A consumer cannot be widened (`basic.qos` holds for those
   * that come after it, and quorum queues refuse the global kind), and cancelling it would return, as redelivered, what
   * is just on its way to us.
   */
  async #widen(): Promise<void> {
    if (this.#tags.length !== 1) return;
    this.#tags.push(await this.#consume(this.#options.prefetch - 1));
  }

  #receive(message: ConsumeMessage | null): void {
    if (message === null) {
      this.#tags = [];
      this.#end({ kind: 'cancelled', reason: 'the broker took the queue away' });
      return;
    }
    this.#acknowledgements.delivered(message);
    const verdict = this.#judge(message);
    if (typeof verdict === 'string') {
      this.#settle(message, verdict);
      return;
    }
    const handling = verdict
      .then((given) => this.#settle(message, given))
      .finally(() => this.#inHand.delete(handling));
    this.#inHand.add(handling);
  }

  #settle(message: ConsumeMessage, verdict: Verdict): void {
    if (verdict === 'requeue') {
      this.#hold(message);
      return;
    }
    this.#acknowledgements.settled(message);
    if (this.#prefetch >= this.#options.prefetch || message.fields.redelivered) return;
    this.#prefetch = this.#options.prefetch;
    void this.#change(() => this.#widen());
  }

  #judge(message: ConsumeMessage): Verdict | Promise<Verdict> {
    const failed = (error: unknown): Verdict => {
      this.#options.log.error({ err: error, queue: this.#options.queue }, 'a delivery was not dealt with');
      return 'requeue';
    };
    try {
      const verdict = this.#options.onDelivery(deliveryOf(message));
      return typeof verdict === 'string' ? verdict : verdict.catch(failed);
    } catch (error) {
      return failed(error);
    }
  }

  #hold(message: ConsumeMessage): void {
    this.#held.push(message);
    if (this.#retrying !== undefined || this.#stop.signal.aborted) return;
    this.#options.log.warn(
      `${this.#options.queue}: stopped taking messages until those in hand can be dealt with`,
    );
    this.#retrying = this.#retryHeld();
  }

  async #retryHeld(): Promise<void> {
    await this.#change(() => this.#unsubscribe());
    const { signal } = this.#stop;
    for (let attempt = 0; this.#held.length > 0 && !signal.aborted; attempt += 1) {
      await pauseBefore(attempt, holdBackoff, signal);
      while (await this.#releaseFirst()) attempt = 0;
    }
    this.#retrying = undefined;
    if (signal.aborted) return;
    this.#options.log.info(`${this.#options.queue}: taking messages again`);
    await this.#change(() => this.#subscribe());
  }

  /** Hands over the oldest held delivery again; true if that settled it. */
  async #releaseFirst(): Promise<boolean> {
    const [first] = this.#held;
    if (first === undefined || this.#stop.signal.aborted) return false;
    if ((await this.#judge(first)) === 'requeue') return false;
    this.#held.shift();
    this.#acknowledgements.settled(first);
    return true;
  }
}

const deliveryOf = ({ fields, properties, content }: ConsumeMessage): Delivery => ({
  exchange: fields.exchange,
  routingKey: fields.routingKey,
  messageId: text(properties.messageId),
  contentType: text(properties.contentType),
  contentEncoding: text(properties.contentEncoding),
  // A copy of its own fields alone: a header named __proto__ becomes amqplib's table's prototype.
  headers: { ...properties.headers },
  body: content,
  redelivered: fields.redelivered,
  userId: text(properties.userId),
});

const text = (property: unknown): string | undefined => (typeof property === 'string' ? property : undefined);
