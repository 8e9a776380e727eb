/** Consumers of all kinds, made alike for the scheduler. */
import { exchangeName, withPrefix } from '../../src/bus/names.ts';
import type { Delivery, Outgoing, Verdict } from '../../src/bus/port.ts';
import type { Consumer } from '../../src/runtime/consumer.ts';
import { retryDeferred } from '../../src/runtime/deferred.ts';
import { runNextJob } from '../../src/runtime/effects.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import { newCause, runFlow } from '../../src/runtime/flow.ts';
import { openReceiver } from '../../src/runtime/receive.ts';
import { queuesOf } from '../../src/runtime/run-consumer.ts';
import { topicMatcher } from '../../src/runtime/topic-match.ts';
import { type Crash, withCrash, withCrashingEffects } from '../faults/crash-points.ts';

/** A process of one consumer, without its loops: the scheduler says what happens when. */
export interface Actor {
  readonly name: string;
  /** Kinds of the jobs that it does. */
  readonly effects: readonly string[];
  start(): Promise<void>;
  receive(delivery: Delivery, transient: boolean): Promise<Verdict>;
  /** @returns whether there was one. */
  runJob(): Promise<boolean>;
  /** @returns whether there was one. */
  retry(): Promise<boolean>;
}

/** A consumer with its ports closed over; makes its actor anew after each crash. */
export interface Part {
  readonly name: string;
  /** The queues that take a message: its durable one, its transient one, both or none. */
  takes(message: Pick<Outgoing, 'exchange' | 'routingKey'>): readonly { readonly transient: boolean }[];
  act(environment: Environment, crash: Crash): Actor;
}

/** @param instance and topicPrefix as in the environment that the simulation gets */
export const partOf = <Ports, Knowledge>(
  consumer: Consumer<Ports, Knowledge>,
  ports: Ports,
  { instance, topicPrefix }: Pick<Environment, 'instance' | 'topicPrefix'>,
): Part => {
  const { bindings, transientBindings = [] } = queuesOf(consumer);
  const queues = [
    { transient: false, bindings },
    { transient: true, bindings: transientBindings },
  ].map((queue) => ({
    transient: queue.transient,
    bound: queue.bindings.map((binding) => ({
      exchange: exchangeName(instance, binding.exchange),
      matches: topicMatcher(withPrefix(binding.key, topicPrefix)),
    })),
  }));
  return {
    name: consumer.name,
    takes: (message) =>
      queues.filter(({ bound }) =>
        bound.some((binding) => binding.exchange === message.exchange && binding.matches(message.routingKey)),
      ),
    act: (environment, crash) =>
      actorOf(withCrashingEffects(consumer, crash), withCrash({ ...environment, ports }, crash)),
  };
};

const actorOf = <Ports, Knowledge>(
  consumer: Consumer<Ports, Knowledge>,
  given: Environment<Ports>,
): Actor => {
  // As where it is started.
  const environment = { ...given, log: given.log.child({ consumer: consumer.name }) };
  const receiver = openReceiver(consumer, environment);
  const effects = consumer.effects ?? [];
  return {
    name: consumer.name,
    effects: effects.map(({ kind }) => kind),
    start: async () => {
      await receiver.refreshKnowledge();
      const cause = newCause(`internal.start.${consumer.name}`);
      if (consumer.onStart !== undefined) {
        await runFlow(environment, { cause, log: environment.log, purpose: 'start' }, consumer.onStart);
      }
    },
    receive: async (delivery, transient) => {
      // What a running consumer has refreshed by and by is fresh before each message here.
      if (consumer.knowledge !== undefined) await receiver.refreshKnowledge();
      return receiver.receive(delivery, transient);
    },
    runJob: () => runNextJob(effects, environment),
    retry: async () => (await retryDeferred(consumer.name, receiver, environment)) > 0,
  };
};
