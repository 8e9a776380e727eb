/** Consuming from one queue for as long as the process lives, over reconnections and vanished queues. */
import type { ChannelModel } from 'amqplib';
import { pauseBefore, reconnectBackoff } from './backoff.ts';
import { ConsumerSession, type SessionEnd, type SessionOptions } from './consumer-session.ts';
import type { Declarations } from './declarations.ts';
import type { Link } from './link.ts';
import { reasonOf } from './reason-of.ts';

/** A session that lasted this long, in milliseconds, was a success: the backoff starts anew. */
const steady = 2000;

export class Consumption {
  readonly #link: Link;
  readonly #declarations: Declarations;
  readonly #options: SessionOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  /** Also those that ended while a handler of theirs was at work. */
  readonly #sessions = new Set<ConsumerSession>();
  #lastEnd: SessionEnd | undefined;
  #waiting: string | undefined;

  constructor(link: Link, declarations: Declarations, options: SessionOptions) {
    this.#link = link;
    this.#declarations = declarations;
    this.#options = options;
    this.#waiting = `queue ${options.queue} is not consumed from yet`;
    this.#running = this.#run();
  }

  /** Why nothing comes from the queue now; undefined while it is consumed from. */
  get waiting(): string | undefined {
    return this.#waiting;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#sessions].map((session) => session.stop()));
    await this.#running;
    await Promise.all([...this.#sessions].map((session) => session.settled()));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const model = await this.#ready();
      if (model === undefined) return;
      const since = performance.now();
      const reason = await this.#once(model);
      if (signal.aborted) return;
      this.#waiting = `queue ${this.#options.queue} cannot be consumed from: ${reason}`;
      if (performance.now() - since > steady) attempt = 0;
      this.#options.log[attempt < 2 ? 'warn' : 'debug'](
        { queue: this.#options.queue },
        `consuming again: ${reason}`,
      );
      await pauseBefore(attempt, reconnectBackoff, signal);
    }
  }

  /** Undefined when this consumption was stopped, or its bus closed, meanwhile. */
  #ready(): Promise<ChannelModel | undefined> {
    const stopped = new Promise<undefined>((resolve) => {
      this.#stop.signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    return Promise.race([this.#link.whenReady().catch(() => undefined), stopped]);
  }

  /** One session; resolves with why it ended. */
  async #once(model: ChannelModel): Promise<string> {
    try {
      if (this.#lastEnd !== undefined) await this.#declarations.declareQueueAgain(model, this.#options.queue);
      const session = await ConsumerSession.open(model, this.#options);
      this.#sessions.add(session);
      this.#waiting = undefined;
      if (this.#stop.signal.aborted) await session.stop();
      const end = await session.ended;
      // Not found, locked or taken away: each is cured by declaring, where it can be cured.
      this.#lastEnd = end;
      if (end.kind === 'cancelled') await session.stop();
      void session.settled().then(() => this.#sessions.delete(session));
      return end.kind === 'stopped' ? 'stopped' : end.reason;
    } catch (error) {
      return reasonOf(error);
    }
  }
}
