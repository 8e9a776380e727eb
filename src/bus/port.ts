/** What the rest of flibs sees of a message broker. Implemented on amqplib in this folder. */

/** A message as it came, before anything is believed of it. */
export interface Delivery {
  readonly exchange: string;
  readonly routingKey: string;
  readonly messageId: string | undefined;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  readonly redelivered: boolean;
  /** Whose connection sent it: a broker takes no other name. Senders may leave it out, and most do. */
  readonly userId?: string | undefined;
}

/** A message on its way out. */
export interface Outgoing {
  readonly exchange: string;
  readonly routingKey: string;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  /** Empty: not set. */
  readonly contentType: string;
  /** Empty: not set. */
  readonly contentEncoding: string;
  /** False for heartbeats and log chunks, which a broker's restart may lose. */
  readonly persistent: boolean;
  /** True: `publish` tells when no queue took it. */
  readonly mandatory: boolean;
}

/**
 * What becomes of a delivery.
 * - `ack`: done with, or written down as ignored, deferred or dead.
 * - `requeue`: the store is away; the broker keeps it. The consumer stops until it is told to go on.
 */
export type Verdict = 'ack' | 'requeue';

export interface Consuming {
  readonly queue: string;
  /** Deliveries in hand at most. Starts at 1 and widens to this once fresh messages are seen (ARCHITECTURE rule 3). */
  readonly prefetch: number;
  /**
   * Transient queues (heartbeats, a worker's commands) are consumed without widening. A verdict that needs no work is
   * given at once: on a busy bus that is nearly every one.
   */
  readonly onDelivery: (delivery: Delivery) => Verdict | Promise<Verdict>;
}

export interface Exchange {
  readonly name: string;
  readonly type: 'topic' | 'direct';
}

export interface Queue {
  readonly name: string;
  /** `quorum`: durable. `transient`: gone with the broker, shared. `exclusive`: gone with the connection. */
  readonly kind: 'quorum' | 'transient' | 'exclusive';
}

export interface QueueBinding {
  readonly exchange: string;
  readonly routingKey: string;
  readonly queue: string;
}

export interface ExchangeBinding {
  readonly source: string;
  readonly destination: string;
  readonly routingKey: string;
}

/** Everything that a process declares before its relay starts. */
export interface Topology {
  readonly exchanges: readonly Exchange[];
  readonly queues: readonly Queue[];
  readonly bindings: readonly QueueBinding[];
  readonly exchangeBindings: readonly ExchangeBinding[];
}

/** What goes on being consumed. */
export interface Consumed {
  /** Waits for deliveries in hand. */
  stop(): Promise<void>;
  /** Why nothing comes from the queue now; undefined while it is consumed from. */
  waiting(): string | undefined;
}

export interface Bus {
  /** Declares it now and again after every reconnection; rejects when the broker refuses (403, 406). */
  declare(topology: Topology): Promise<void>;
  /** Resolves `confirmed`, or `returned` when it was mandatory and no queue took it. Waits while the broker is away. */
  publish(message: Outgoing): Promise<'confirmed' | 'returned'>;
  /** Goes on over reconnections until it is stopped. */
  consume(consuming: Consuming): Promise<Consumed>;
  /** `waiting` says for what, for `flibs up` to show. */
  state(): { readonly connected: boolean; readonly waiting?: string };
  onStateChange(listener: () => void): void;
  close(): Promise<void>;
}
