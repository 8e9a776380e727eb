/** What this process declared, so that it is declared again on every new connection. */
import type { ChannelModel } from 'amqplib';
import type { Logger } from 'pino';
import { pauseBefore, reconnectBackoff } from './backoff.ts';
import { BusClosed, declareRefusal } from './bus-errors.ts';
import { applyTopology, DeclareFailed } from './declare.ts';
import type { Link } from './link.ts';
import type { Queue, Topology } from './port.ts';
import { reasonOf } from './reason-of.ts';

export interface DeclarationsOptions {
  readonly link: () => Link;
  readonly passive: boolean;
  readonly onChange: () => void;
  readonly log: Logger;
}

export class Declarations {
  readonly #options: DeclarationsOptions;
  readonly #stop = new AbortController();
  /** By what they contain: sixteen consumers in one process declare the same topology. */
  readonly #kept = new Map<string, Topology>();
  readonly #waiting = new Map<string, string>();

  constructor(options: DeclarationsOptions) {
    this.#options = options;
  }

  /** Why something declared is not there now. */
  get waiting(): string | undefined {
    return this.#waiting.values().next().value;
  }

  kindOf(queue: string): Queue['kind'] | undefined {
    for (const topology of this.#kept.values()) {
      const found = topology.queues.find((one) => one.name === queue);
      if (found !== undefined) return found.kind;
    }
    return undefined;
  }

  /** Declares, waiting for the broker as long as need be. Rejects when it refuses: then nothing is kept. */
  async declare(topology: Topology): Promise<void> {
    const key = JSON.stringify(topology);
    for (let attempt = 0; !this.#stop.signal.aborted; attempt += 1) {
      const model = await this.#options.link().whenReady();
      const error = await this.#attempt(model, topology);
      if (error === undefined) {
        this.#kept.set(key, topology);
        return this.#setWaiting(key, undefined);
      }
      const refusal = refusalOf(error);
      if (refusal !== undefined) {
        this.#setWaiting(key, undefined);
        throw refusal;
      }
      this.#setWaiting(key, waitingFor(error));
      await pauseBefore(attempt, reconnectBackoff, this.#stop.signal);
    }
    throw new BusClosed();
  }

  /** On a new connection, before it is used. What fails is tried again beside it: other queues go on meanwhile. */
  async declareAgain(model: ChannelModel): Promise<void> {
    for (const [key, topology] of this.#kept) {
      const error = await this.#attempt(model, topology);
      if (error !== undefined) void this.#insist(key, topology, error);
      else this.#setWaiting(key, undefined);
    }
  }

  /** For a consumer whose queue went away: rejects when it cannot be made again now. */
  async declareQueueAgain(model: ChannelModel, queue: string): Promise<void> {
    for (const topology of this.#kept.values()) {
      if (topology.queues.some((one) => one.name === queue)) {
        await applyTopology(model, topology, this.#options.passive);
      }
    }
  }

  close(): void {
    this.#stop.abort();
  }

  async #insist(key: string, topology: Topology, first: unknown): Promise<void> {
    let error: unknown = first;
    for (let attempt = 0; error !== undefined && !this.#stop.signal.aborted; attempt += 1) {
      const reason = refusalOf(error)?.message ?? waitingFor(error);
      this.#options.log[attempt === 0 ? 'error' : 'debug']({ attempt }, reason);
      this.#setWaiting(key, reason);
      await pauseBefore(attempt, reconnectBackoff, this.#stop.signal);
      const model = await this.#options
        .link()
        .whenReady()
        .catch(() => undefined);
      if (model === undefined) return;
      error = await this.#attempt(model, topology);
    }
    this.#setWaiting(key, undefined);
  }

  async #attempt(model: ChannelModel, topology: Topology): Promise<unknown> {
    try {
      await applyTopology(model, topology, this.#options.passive);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  #setWaiting(key: string, reason: string | undefined): void {
    if (this.#waiting.get(key) === reason) return;
    if (reason === undefined) this.#waiting.delete(key);
    else this.#waiting.set(key, reason);
    this.#options.onChange();
  }
}

const refusalOf = (error: unknown) =>
  error instanceof DeclareFailed ? declareRefusal(error.what, error.cause) : undefined;

const waitingFor = (error: unknown): string =>
  error instanceof DeclareFailed
    ? `waiting for ${error.what}: ${reasonOf(error.cause)}`
    : `waiting for the broker: ${reasonOf(error)}`;
