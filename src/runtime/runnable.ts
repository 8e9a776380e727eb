/** A consumer whose knowledge is nobody else's business, so that consumers of all kinds make one list. */
import type { ConsumerQueues } from '../bus/topology.ts';
import type { Consumer, Effect, Subscription } from './consumer.ts';
import type { Environment } from './environment.ts';
import { openReceiver, type Receiver } from './receive.ts';
import { queuesOf, type RunningConsumer, type RunOptions, startConsumer } from './run-consumer.ts';

export interface RunnableConsumer<Ports> {
  readonly name: string;
  readonly listensTo: string;
  readonly does: string;
  readonly says: Consumer<Ports>['says'];
  readonly queues: ConsumerQueues;
  readonly listening: readonly Pick<Subscription, 'exchange' | 'topics' | 'transient'>[];
  readonly effects: readonly Effect<Ports>[];
  readonly onStart: Consumer<Ports>['onStart'];
  readonly openReceiver: (environment: Environment) => Receiver;
  readonly start: (environment: Environment<Ports>, options?: RunOptions) => Promise<RunningConsumer>;
}

export const runnable = <Ports, Knowledge>(
  consumer: Consumer<Ports, Knowledge>,
): RunnableConsumer<Ports> => ({
  name: consumer.name,
  listensTo: consumer.listensTo,
  does: consumer.does,
  says: consumer.says,
  queues: queuesOf(consumer),
  listening: consumer.subscriptions,
  effects: consumer.effects ?? [],
  onStart: consumer.onStart,
  openReceiver: (environment) => openReceiver(consumer, environment),
  start: (environment, options) => startConsumer(consumer, environment, options),
});
