/** One connection that is made again whenever it is lost. */
import { Duplex } from 'node:stream';
import type { ChannelModel } from 'amqplib';
import type { Logger } from 'pino';
import { pauseBefore, reconnectBackoff, within } from './backoff.ts';
import { BusClosed } from './bus-errors.ts';
import { reasonOf } from './reason-of.ts';

export interface LinkOptions {
  readonly dial: () => Promise<ChannelModel>;
  /** The broker, as people may see it. */
  readonly address: string;
  /** Runs on each new connection before anybody else gets it. */
  readonly prepare: (model: ChannelModel) => Promise<void>;
  readonly onChange: () => void;
  readonly log: Logger;
}

/** A connection that lived shorter than this, in milliseconds, does not count as recovered: the backoff goes on. */
const steady = 2000;
/** Milliseconds that a broker has for the closing handshake. */
const closeTimeout = 5000;

/**
 * Not amqplib's own recovery: it restores neither channels nor consumers nor unconfirmed messages, so all of that would
 * stand here anyway; and a connection lost during its `setup` raises an error nobody can catch.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #model: ChannelModel | undefined;
  /** The same, once prepared. */
  #ready: ChannelModel | undefined;
  #waiting: string | undefined;
  #blocked: string | undefined;
  #waiters: { resolve: (model: ChannelModel) => void; reject: (error: Error) => void }[] = [];

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#waiting = `waiting for the broker at ${options.address}`;
  }

  get started(): boolean {
    return this.#running !== undefined;
  }

  /** Why this link cannot be used now; undefined while it can. */
  get waiting(): string | undefined {
    return this.#ready === undefined ? this.#waiting : this.#blocked;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** The connection, once it is there and prepared. Rejects with {@link BusClosed}. */
  whenReady(): Promise<ChannelModel> {
    if (this.#stop.signal.aborted) return Promise.reject(new BusClosed());
    if (this.#ready !== undefined) return Promise.resolve(this.#ready);
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(new BusClosed());
    const model = this.#model;
    const closing = model?.close().catch(() => undefined);
    await within(closeTimeout, Promise.all([closing, this.#running]));
    if (model !== undefined && this.#model === model) hangUp(model);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const since = performance.now();
      const reason = await this.#live();
      if (signal.aborted) break;
      if (performance.now() - since > steady) attempt = 0;
      this.#waiting = `waiting for the broker at ${this.#options.address}: ${reason}`;
      this.#options.log[attempt < 2 ? 'warn' : 'debug']({ attempt }, this.#waiting);
      this.#options.onChange();
      await pauseBefore(attempt, reconnectBackoff, signal);
    }
  }

  /** Makes one connection and resolves, with the reason, when it has ended or could not be made. */
  async #live(): Promise<string> {
    let model: ChannelModel;
    try {
      model = await this.#options.dial();
    } catch (error) {
      return reasonOf(error);
    }
    if (this.#stop.signal.aborted) {
      await model.close().catch(() => undefined);
      return 'closed';
    }
    this.#model = model;
    const ended = this.#watch(model);
    const prepared = this.#options.prepare(model).catch((error: unknown) => {
      this.#options.log.error({ err: error }, 'a new connection could not be prepared');
    });
    await Promise.race([prepared, ended]);
    if (this.#model === model && !this.#stop.signal.aborted) this.#becomeReady(model);
    return ended;
  }

  #becomeReady(model: ChannelModel): void {
    this.#ready = model;
    this.#options.log.info(`connected to the broker at ${this.#options.address}`);
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(model);
    this.#options.onChange();
  }

  #watch(model: ChannelModel): Promise<string> {
    return new Promise((resolve) => {
      let reason = 'the connection was lost';
      model.on('error', (error) => {
        reason = reasonOf(error);
      });
      model.on('handler-error', (error) => {
        this.#options.log.error({ err: error }, 'a listener of the connection failed');
      });
      model.on('blocked', (why) => this.#setBlocked(`the broker takes no messages for now: ${why}`));
      model.on('unblocked', () => this.#setBlocked(undefined));
      model.on('close', (error) => {
        this.#model = undefined;
        this.#ready = undefined;
        this.#blocked = undefined;
        resolve(error === undefined ? reason : reasonOf(error));
      });
    });
  }

  #setBlocked(reason: string | undefined): void {
    this.#blocked = reason;
    this.#options.onChange();
  }
}

/** For a broker that does not answer the closing handshake. amqplib has the socket, but not in its types. */
const hangUp = (model: ChannelModel): void => {
  const stream: unknown = Reflect.get(model.connection, 'stream');
  if (stream instanceof Duplex) stream.destroy();
};
