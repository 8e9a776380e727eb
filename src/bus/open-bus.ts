/** The bus on RabbitMQ: one connection to consume, one to publish, both made again for as long as the process lives. */
import type { Logger } from 'pino';
import { within } from './backoff.ts';
import { Consumption } from './consumption.ts';
import { Declarations } from './declarations.ts';
import { addressOf, type BusOptions, checkOptions, dial } from './dial.ts';
import { Link } from './link.ts';
import type { Bus, Consumed, Consuming, Outgoing, Topology } from './port.ts';
import { Publisher } from './publisher.ts';

/** Milliseconds that deliveries in hand have, when the bus is closed, before publishing ends too. */
const handlersTimeout = 5000;

export type { BusOptions, TlsFiles } from './dial.ts';

/**
 * Resolves at once, whether or not the broker is there: `state()` says for what it waits, and `declare`, `publish` and
 * `consume` wait with it. Rejects only for options that can never work. The publishing connection is made with the
 * first `publish`, so that a reader of somebody else's broker has only one.
 */
export const openBus = async (options: BusOptions, log: Logger): Promise<Bus> => {
  checkOptions(options);
  return new AmqpBus(options, log);
};

class AmqpBus implements Bus {
  readonly #log: Logger;
  readonly #listeners = new Set<() => void>();
  readonly #consumptions = new Set<Consumption>();
  readonly #consuming: Link;
  readonly #publishing: Link;
  readonly #declarations: Declarations;
  readonly #publisher: Publisher;

  constructor(options: BusOptions, log: Logger) {
    this.#log = log;
    const onChange = () => this.#changed();
    const address = addressOf(options.url);
    this.#declarations = new Declarations({
      link: () => this.#consuming,
      passive: options.passiveDeclares,
      onChange,
      log,
    });
    this.#consuming = new Link({
      dial: () => dial(options, 'consuming'),
      prepare: (model) => this.#declarations.declareAgain(model),
      address,
      onChange,
      log,
    });
    this.#publishing = new Link({
      dial: () => dial(options, 'publishing'),
      prepare: async () => undefined,
      address,
      onChange,
      log,
    });
    this.#publisher = new Publisher(this.#publishing, log);
    this.#consuming.start();
  }

  declare(topology: Topology): Promise<void> {
    return this.#declarations.declare(topology);
  }

  publish(message: Outgoing): Promise<'confirmed' | 'returned'> {
    return this.#publisher.publish(message);
  }

  async consume(consuming: Consuming): Promise<Consumed> {
    const kind = this.#declarations.kindOf(consuming.queue);
    const widens = kind !== 'transient' && kind !== 'exclusive';
    const consumption = new Consumption(this.#consuming, this.#declarations, {
      ...consuming,
      widens,
      log: this.#log,
    });
    this.#consumptions.add(consumption);
    return {
      stop: async () => {
        await consumption.stop();
        this.#consumptions.delete(consumption);
      },
      waiting: () => consumption.waiting,
    };
  }

  state(): { readonly connected: boolean; readonly waiting?: string } {
    const links = this.#publishing.started ? [this.#consuming, this.#publishing] : [this.#consuming];
    const waiting = links.map((link) => link.waiting).find((reason) => reason !== undefined);
    const reason = waiting ?? this.#declarations.waiting;
    return reason === undefined ? { connected: true } : { connected: waiting === undefined, waiting: reason };
  }

  onStateChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    const stopped = Promise.all([...this.#consumptions].map((consumption) => consumption.stop()));
    await within(handlersTimeout, stopped);
    // A handler may itself be waiting for a confirm that does not come: this ends its waiting.
    await this.#publisher.close();
    await stopped;
    this.#declarations.close();
    await Promise.all([this.#consuming.close(), this.#publishing.close()]);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
