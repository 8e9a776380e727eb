/** Acknowledging in bunches: one command of the broker's for many deliveries, where they are next to each other. */
import type { Channel, ConsumeMessage } from 'amqplib';

/**
 * What was settled by the end of a turn of the event loop is acknowledged together. Deliveries before which nothing is
 * open any more take one acknowledgement of all up to the last of them (`multiple` in AMQP 0-9-1), which a quorum queue
 * writes down once; those behind an open one take one each, so that it holds up nobody. One object a channel, because
 * delivery tags, and `multiple` with them, are the channel's.
 */
export class Acknowledgements {
  readonly #channel: Pick<Channel, 'ack'>;
  readonly #onTooLate: (error: unknown) => void;
  /** Deliveries that are not acknowledged, in the order in which they came, and whether they are settled. */
  readonly #open = new Map<ConsumeMessage, boolean>();
  #scheduled = false;

  /** `onTooLate`: the channel has ended; the broker delivers again. */
  constructor(channel: Pick<Channel, 'ack'>, onTooLate: (error: unknown) => void) {
    this.#channel = channel;
    this.#onTooLate = onTooLate;
  }

  delivered(message: ConsumeMessage): void {
    this.#open.set(message, false);
  }

  settled(message: ConsumeMessage): void {
    this.#open.set(message, true);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }

  /** Acknowledges now what is settled. */
  flush(): void {
    this.#scheduled = false;
    let upTo: ConsumeMessage | undefined;
    let isBehindOpen = false;
    const single: ConsumeMessage[] = [];
    for (const [message, settled] of this.#open) {
      if (!settled) isBehindOpen = true;
      else if (isBehindOpen) single.push(message);
      else upTo = message;
      if (settled) this.#open.delete(message);
    }
    try {
      if (upTo !== undefined) this.#channel.ack(upTo, true);
      for (const message of single) this.#channel.ack(message);
    } catch (error) {
      this.#onTooLate(error);
    }
  }
}
