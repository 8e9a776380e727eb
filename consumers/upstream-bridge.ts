/**
 * Listens to: the topics it is given, on our own broker's public exchange, and on a second, read-only bus.
 * Does: copies each message to the upstream exchange and acknowledges it only when our broker has confirmed the copy.
 * Says: what it heard, under the same id and topic; it reaches the bus alone, never the store.
 */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { BrokerRefused, UnsendableMessage } from '../src/bus/bus-errors.ts';
import { copyForUpstream } from '../src/bus/copy-for-upstream.ts';
import { exchangeName, queueName } from '../src/bus/names.ts';
import { type BusOptions, openBus } from '../src/bus/open-bus.ts';
import type { Bus, Delivery, Queue, Verdict } from '../src/bus/port.ts';
import { listeningTopology } from '../src/bus/topology.ts';

/** Where the messages come from. */
export type BridgeSource =
  | {
      /** Somebody else's broker, such as Fedora's. */
      readonly kind: 'second-bus';
      readonly bus: BusOptions;
      readonly exchange: string;
      /** AMQP binding keys. */
      readonly topics: readonly string[];
      /** A durable queue made for us there. Absent: an exclusive one named by a UUID, all that a public broker allows. */
      readonly queue?: string;
    }
  | {
      /** The public exchange of our own broker. */
      readonly kind: 'own-broker';
      readonly exchange: string;
      readonly topics: readonly string[];
    };

export interface UpstreamBridgeOptions {
  readonly source: BridgeSource;
  readonly own: Bus;
  readonly instance: string;
  readonly topicPrefix: string;
  readonly log: Logger;
}

export interface UpstreamBridge {
  /** The bus that is listened to: a state of its own to show. */
  readonly source: Bus;
  /** Waits for copies under way. */
  stop(): Promise<void>;
}

/** Copies under way at once. */
const inFlight = 64;
/** Milliseconds that copies under way have, when the bridge stops, to be confirmed. */
const grace = 5000;

/** Resolves at once; waits for both brokers by itself. Our own topology must have been declared. */
export const startUpstreamBridge = async (options: UpstreamBridgeOptions): Promise<UpstreamBridge> => {
  const { source, own, log } = options;
  const bus = source.kind === 'own-broker' ? own : await openBus(source.bus, log);
  const stopping = new AbortController();
  const givingUp = new AbortController();
  setMaxListeners(inFlight, givingUp.signal);
  const listening = listen(bus, { ...options, stopping: stopping.signal, givingUp: givingUp.signal });
  return {
    source: bus,
    stop: async () => {
      stopping.abort();
      // Whoever waits for a broker that is away waits in vain; the messages stay where they are.
      const timer = setTimeout(() => givingUp.abort(), own.state().connected ? grace : 0);
      if (bus.state().connected) await (await listening)?.stop();
      if (bus !== own) await bus.close();
      clearTimeout(timer);
    },
  };
};

interface Bridging extends UpstreamBridgeOptions {
  readonly stopping: AbortSignal;
  readonly givingUp: AbortSignal;
}

const listeningQueue = ({ source, instance }: UpstreamBridgeOptions): Queue => {
  if (source.kind === 'own-broker') return { name: queueName(instance, 'upstream-bridge'), kind: 'quorum' };
  return source.queue === undefined
    ? { name: randomUUID(), kind: 'exclusive' }
    : { name: source.queue, kind: 'quorum' };
};

/** Milliseconds. */
const refusedPause = 30_000;

const listen = async (bus: Bus, options: Bridging): Promise<{ stop(): Promise<void> } | undefined> => {
  const { exchange, topics } = options.source;
  const queue = listeningQueue(options);
  try {
    await bus.declare(listeningTopology({ exchange, topics, queue }));
    if (options.stopping.aborted) return undefined;
    return await bus.consume({
      queue: queue.name,
      prefetch: inFlight,
      onDelivery: (delivery) => copy(delivery, options),
    });
  } catch (error) {
    if (options.stopping.aborted) return undefined;
    options.log.error({ err: error }, `the bridge cannot listen to exchange ${exchange}; it tries again`);
    // Somebody may be about to make the exchange or the queue, or to give the permission.
    await delay(refusedPause, undefined, { signal: options.stopping }).catch(() => undefined);
    return options.stopping.aborted ? undefined : listen(bus, options);
  }
};

const copy = async (delivery: Delivery, options: Bridging): Promise<Verdict> => {
  const { instance, topicPrefix, own, log, source } = options;
  const { outgoing, lost, skipped } = copyForUpstream(delivery, {
    exchange: exchangeName(instance, 'upstream'),
    from: source.exchange,
    bus: source.kind === 'second-bus' ? 'upstream' : 'own',
    instance,
    topicPrefix,
  });
  if (outgoing === undefined) {
    log.debug({ topic: delivery.routingKey, messageId: delivery.messageId }, `not bridged: ${skipped}`);
    return 'ack';
  }
  if (lost.length > 0)
    log.warn({ messageId: outgoing.messageId, lost }, 'bridged without parts that cannot be sent');
  try {
    const confirmed = own.publish(outgoing).then((): Verdict => 'ack');
    return await unlessGivenUp(confirmed, options.givingUp);
  } catch (error) {
    if (error instanceof UnsendableMessage || (error instanceof BrokerRefused && error.code === 406)) {
      log.error({ err: error, messageId: outgoing.messageId }, 'a message cannot be bridged and is given up');
      return 'ack';
    }
    log.error({ err: error, messageId: outgoing.messageId }, 'a message could not be bridged yet');
    return 'requeue';
  }
};

/** The verdict, or `requeue` once the signal says so. The signal outlives all messages, and must not remember them. */
const unlessGivenUp = (verdict: Promise<Verdict>, signal: AbortSignal): Promise<Verdict> =>
  new Promise((resolve, reject) => {
    const giveBack = () => resolve('requeue');
    if (signal.aborted) giveBack();
    signal.addEventListener('abort', giveBack, { once: true });
    verdict.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveBack));
  });

export const upstreamBridge = {
  name: 'upstream-bridge',
  listensTo: "the topics it is given, on our own broker's public exchange, and on a second, read-only bus",
  does: 'copies each message to the upstream exchange and acknowledges it only when our broker has the copy',
  says: 'what it heard, under the same id and topic',
} as const;
