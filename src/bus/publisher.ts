/** Publishing with confirms: many at once, none lost, each one told how it went. */
import type { ChannelModel, ConfirmChannel, Message } from 'amqplib';
import type { Logger } from 'pino';
import { pause, within } from './backoff.ts';
import { BusClosed, publishRefusal } from './bus-errors.ts';
import type { Link } from './link.ts';
import type { Outgoing } from './port.ts';
import { reasonOf } from './reason-of.ts';
import { assertSendable } from './sendable.ts';

/** Messages that wait for their confirm at once. One by one a broker confirms 1,000 a second, with this ten times that. */
const widest = 256;
/** Milliseconds after which a message is sent again that the broker could not take. */
const nackedPause = 500;
/** Milliseconds that confirms under way have when the bus is closed. */
const drainTimeout = 5000;

type Confirmed = 'confirmed' | 'returned';

interface Pending {
  readonly message: Outgoing;
  readonly settle: (outcome: Confirmed) => void;
  readonly fail: (error: Error) => void;
  returned: boolean;
  /** It was in flight when the broker closed a channel because of one message. */
  suspect: boolean;
}

/** Publishes at least once: what was unconfirmed on a lost connection is published again under the same id. */
export class Publisher {
  readonly #link: Link;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  readonly #inFlight = new Set<Pending>();
  #waiting: Pending[] = [];
  #channel: ConfirmChannel | undefined;
  #bufferFull = false;
  #running: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  constructor(link: Link, log: Logger) {
    this.#link = link;
    this.#log = log;
  }

  /** Rejects with UnsendableMessage, BrokerRefused or BusClosed. */
  publish(message: Outgoing): Promise<Confirmed> {
    if (this.#stop.signal.aborted) return Promise.reject(new BusClosed());
    return new Promise((settle, fail) => {
      assertSendable(message);
      this.#waiting.push({ message, settle, fail, returned: false, suspect: false });
      this.#running ??= this.#run();
      this.#pump();
    });
  }

  /** Waits a while for confirms under way, then rejects what is left. */
  async close(): Promise<void> {
    if (this.#channel !== undefined && this.#unsettled() > 0) {
      const idle = new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
      await within(drainTimeout, idle);
    }
    this.#stop.abort();
    for (const pending of [...this.#inFlight, ...this.#waiting.splice(0)]) pending.fail(new BusClosed());
    this.#inFlight.clear();
  }

  #unsettled(): number {
    return this.#inFlight.size + this.#waiting.length;
  }

  async #run(): Promise<void> {
    this.#link.start();
    while (!this.#stop.signal.aborted) {
      const model = await this.#link.whenReady().catch(() => undefined);
      if (model === undefined) return;
      try {
        await this.#useChannel(model);
      } catch (error) {
        this.#log.debug({ err: error }, 'no channel to publish on');
        await pause(100, this.#stop.signal);
      }
    }
  }

  /** Resolves when the channel has ended. */
  async #useChannel(model: ChannelModel): Promise<void> {
    const channel = await model.createConfirmChannel();
    let failure: unknown;
    const ended = new Promise<void>((resolve) => channel.on('close', () => resolve()));
    channel.on('error', (error) => {
      failure = error;
    });
    channel.on('handler-error', (error) =>
      this.#log.error({ err: error }, 'a listener on the publishing channel failed'),
    );
    channel.on('return', (message) => this.#markReturned(message));
    channel.on('drain', () => {
      this.#bufferFull = false;
      this.#pump();
    });
    this.#channel = channel;
    this.#bufferFull = false;
    this.#pump();
    await ended;
    this.#channel = undefined;
    this.#sendAgain(failure);
  }

  #pump(): void {
    const channel = this.#channel;
    while (channel !== undefined && channel === this.#channel && !this.#bufferFull) {
      const [next] = this.#waiting;
      // One by one while any of them may be what the broker closed the channel for.
      const window = next?.suspect || this.#hasSuspect() ? 1 : widest;
      if (next === undefined || this.#inFlight.size >= window) return;
      this.#waiting.shift();
      this.#send(channel, next);
    }
  }

  #hasSuspect(): boolean {
    const [oldest] = this.#inFlight;
    return oldest?.suspect ?? false;
  }

  #send(channel: ConfirmChannel, pending: Pending): void {
    const { message } = pending;
    pending.returned = false;
    this.#inFlight.add(pending);
    try {
      const room = channel.publish(
        message.exchange,
        message.routingKey,
        message.body,
        publishOptions(message),
        (error) => this.#confirm(channel, pending, error),
      );
      if (!room) this.#bufferFull = true;
    } catch (error) {
      // The channel has just ended: its close event sends everything in flight again.
      this.#log.debug({ err: error }, 'a message met a closed channel');
    }
  }

  #confirm(channel: ConfirmChannel, pending: Pending, error: unknown): void {
    // On a channel that ended, the confirms of all are called with an error; #sendAgain takes care of them together.
    if (!this.#inFlight.has(pending) || (error !== null && channel !== this.#channel)) return;
    if (error === null) {
      this.#inFlight.delete(pending);
      pending.settle(pending.returned ? 'returned' : 'confirmed');
      this.#settled();
    } else if (reasonOf(error) === 'message nacked') {
      this.#inFlight.delete(pending);
      void this.#sendLater(pending);
    }
  }

  async #sendLater(pending: Pending): Promise<void> {
    this.#log.warn(
      { messageId: pending.message.messageId },
      'the broker could not take a message; it is sent again',
    );
    await pause(nackedPause, this.#stop.signal);
    if (this.#stop.signal.aborted) pending.fail(new BusClosed());
    else this.#waiting.push(pending);
    this.#pump();
  }

  #sendAgain(failure: unknown): void {
    const lost = [...this.#inFlight];
    this.#inFlight.clear();
    const [only] = lost;
    const refusal =
      only && publishRefusal(`${only.message.exchange} with ${only.message.routingKey}`, failure);
    if (refusal !== undefined && lost.length === 1) {
      only?.fail(refusal);
      this.#settled();
      return;
    }
    for (const pending of lost) pending.suspect ||= refusal !== undefined;
    this.#waiting.unshift(...lost);
  }

  #markReturned(message: Message): void {
    for (const pending of this.#inFlight) {
      const { messageId, exchange, routingKey } = pending.message;
      if (pending.returned || messageId !== message.properties.messageId) continue;
      if (exchange !== message.fields.exchange || routingKey !== message.fields.routingKey) continue;
      pending.returned = true;
      return;
    }
  }

  #settled(): void {
    if (this.#unsettled() === 0) this.#idle?.();
    this.#pump();
  }
}

const publishOptions = (message: Outgoing) => ({
  messageId: message.messageId,
  headers: message.headers,
  persistent: message.persistent,
  mandatory: message.mandatory,
  ...(message.contentType === '' ? {} : { contentType: message.contentType }),
  ...(message.contentEncoding === '' ? {} : { contentEncoding: message.contentEncoding }),
});
