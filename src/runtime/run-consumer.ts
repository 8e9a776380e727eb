/** A running consumer: what it hears is handled, its effects are done, what was put off is tried again. */
import { queueName, transientQueueName } from '../bus/names.ts';
import type { Consumed } from '../bus/port.ts';
import type { ConsumerQueues, RoleBinding } from '../bus/topology.ts';
import type { Consumer, Subscription } from './consumer.ts';
import { startRetrying } from './deferred.ts';
import { type RunningEffects, startEffects } from './effects.ts';
import type { Environment } from './environment.ts';
import { newCause, runFlow } from './flow.ts';
import { type Running, startLoop } from './loop.ts';
import { untilStored } from './patience.ts';
import { openReceiver, type Receiver } from './receive.ts';

export interface RunOptions {
  /** Deliveries in hand at most, default 20. */
  readonly prefetch?: number;
  /** Ends a start that waits for the store. */
  readonly signal?: AbortSignal;
}

/** A consumer's share in one process. */
export interface RunningConsumer extends Running {
  /** Why none of its messages come now; undefined while they do. */
  waiting(): string | undefined;
  /** Effects under way. */
  effects(): number;
}

const usualPrefetch = 20;
const knowledgeEveryMs = 10_000;
const flushIgnoredEveryMs = 1_000;

/** The queues and bindings of a consumer, as its subscriptions ask for them. */
export const queuesOf = <Ports, Knowledge>(consumer: Consumer<Ports, Knowledge>): ConsumerQueues => {
  const bindings = (transient: boolean) =>
    consumer.subscriptions.filter((subscription) => subscription.transient === transient).flatMap(bindingsOf);
  const knows: readonly RoleBinding[] =
    consumer.knowledge === undefined
      ? []
      : [{ exchange: 'facts', key: '<prefix>.flibs.definitions.changed' }];
  return {
    name: consumer.name,
    bindings: [...bindings(false), ...knows],
    transientBindings: bindings(true),
  };
};

const bindingsOf = ({
  exchange,
  topics,
}: Pick<Subscription, 'exchange' | 'topics'>): readonly RoleBinding[] =>
  topics.map((key) => ({ exchange, key }));

/**
 * Starts one process' share of a consumer. The topology must be declared, and a relay and the sweep must run in this
 * process.
 * Waits for the store as long as it takes.
 */
export const startConsumer = async <Ports, Knowledge>(
  consumer: Consumer<Ports, Knowledge>,
  environment: Environment<Ports>,
  { prefetch = usualPrefetch, signal }: RunOptions = {},
): Promise<RunningConsumer> => {
  const log = environment.log.child({ consumer: consumer.name });
  const own: Environment<Ports> = { ...environment, log };
  const receiver = openReceiver(consumer, own);
  await untilStored(own.store, () => receiver.refreshKnowledge(), signal);
  await untilStored(own.store, () => begin(consumer, own), signal);
  // Its queues first: what cannot be consumed from must leave nothing running behind.
  const consuming = await consumeQueues(consumer, own, { prefetch, receiver });
  const effects = startAllEffects(consumer, own);
  const besides = [...effects, ...startBesides(consumer, own, receiver)];
  log.info('consuming');
  return {
    waiting: () => consuming.map((each) => each.waiting()).find((reason) => reason !== undefined),
    effects: () => effects.reduce((sum, each) => sum + each.underWay(), 0),
    stop: async () => {
      await stopAll(consuming);
      await stopAll(besides);
      if (own.store.state().available) await receiver.flushIgnored().catch(() => undefined);
      log.info('stopped');
    },
  };
};

const stopAll = async (all: readonly Running[]): Promise<void> => {
  await Promise.all(all.map((each) => each.stop()));
};

const begin = async <Ports, Knowledge>(consumer: Consumer<Ports, Knowledge>, environment: Environment) => {
  const { onStart } = consumer;
  if (onStart === undefined) return;
  const cause = newCause(`internal.start.${consumer.name}`);
  await runFlow(environment, { cause, log: environment.log, purpose: 'start' }, onStart);
};

const startAllEffects = <Ports, Knowledge>(
  { name, effects = [] }: Consumer<Ports, Knowledge>,
  environment: Environment<Ports>,
): readonly RunningEffects[] => (effects.length > 0 ? [startEffects(name, effects, environment)] : []);

const startBesides = <Ports, Knowledge>(
  consumer: Consumer<Ports, Knowledge>,
  environment: Environment<Ports>,
  receiver: Receiver,
): readonly Running[] => {
  const { name } = consumer;
  const { store, log } = environment;
  const flushing = startLoop({
    name: `ignored messages of ${name}`,
    every: flushIgnoredEveryMs,
    store,
    log,
    round: async () => {
      await receiver.flushIgnored();
      return undefined;
    },
  });
  return [
    flushing,
    startRetrying(name, receiver, environment),
    ...(consumer.knowledge === undefined ? [] : [keepKnowledge(name, environment, receiver)]),
    ...(consumer.background === undefined ? [] : [consumer.background(environment)]),
  ];
};

const keepKnowledge = (name: string, { store, log, wake }: Environment, receiver: Receiver): Running => {
  const loop = startLoop({
    name: `knowledge of ${name}`,
    every: knowledgeEveryMs,
    store,
    log,
    round: async () => {
      await receiver.refreshKnowledge();
      return undefined;
    },
  });
  wake.on('definitions', loop.ring);
  return {
    stop: async () => {
      wake.off('definitions', loop.ring);
      await loop.stop();
    },
  };
};

const consumeQueues = <Ports, Knowledge>(
  consumer: Consumer<Ports, Knowledge>,
  { bus, instance }: Environment,
  { prefetch, receiver }: { prefetch: number; receiver: Receiver },
): Promise<readonly Consumed[]> => {
  const { name, bindings, transientBindings = [] } = queuesOf(consumer);
  const queues = [
    ...(bindings.length > 0 ? [{ queue: queueName(instance, name), transient: false }] : []),
    ...(transientBindings.length > 0 ? [{ queue: transientQueueName(instance, name), transient: true }] : []),
  ];
  return Promise.all(
    queues.map(({ queue, transient }) =>
      bus.consume({ queue, prefetch, onDelivery: (delivery) => receiver.receive(delivery, transient) }),
    ),
  );
};
