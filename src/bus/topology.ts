/** What an instance, a worker and a bridge have on the broker, as data. Pure: {@link Bus.declare} makes it so. */
import {
  deadExchangeName,
  type ExchangeRole,
  exchangeName,
  queueName,
  transientQueueName,
  withPrefix,
  workerQueueName,
} from './names.ts';
import type { ExchangeBinding, Queue, QueueBinding, Topology } from './port.ts';

/** A binding as a consumer writes it; `<prefix>` in the key stands for the instance's topic prefix. */
export interface RoleBinding {
  readonly exchange: ExchangeRole;
  readonly key: string;
}

export interface ConsumerQueues {
  readonly name: string;
  readonly bindings: readonly RoleBinding[];
  /** Bindings of its `.transient` queue: heartbeats and log chunks. */
  readonly transientBindings?: readonly RoleBinding[];
}

export interface InstanceOptions {
  readonly instance: string;
  /** `org.fedoraproject.prod`; may be empty. */
  readonly topicPrefix: string;
  /** Gets a copy of our facts, one way. Predeclared where its name begins with `amq.`; undefined: no copy. */
  readonly publicExchange: string | undefined;
  readonly consumers: readonly ConsumerQueues[];
}

/** Declared by the broker itself, and refused to anybody else. */
export const isPredeclared = (exchange: string): boolean => exchange === '' || exchange.startsWith('amq.');

/** Everything that every process of an instance declares before its relay starts. */
export const instanceTopology = (options: InstanceOptions): Topology => {
  const { instance, consumers, publicExchange } = options;
  const dead = deadExchangeName(instance);
  const own = [
    { name: exchangeName(instance, 'upstream'), type: 'topic' },
    { name: exchangeName(instance, 'facts'), type: 'topic' },
    { name: exchangeName(instance, 'workers'), type: 'direct' },
    { name: dead, type: 'topic' },
  ] as const;
  const declaresPublic = publicExchange !== undefined && !isPredeclared(publicExchange);
  return {
    exchanges: declaresPublic ? [...own, { name: publicExchange, type: 'topic' }] : own,
    queues: [
      { name: dead, kind: 'quorum' },
      ...consumers.flatMap((consumer) => queuesOf(instance, consumer)),
    ],
    bindings: [
      { exchange: dead, queue: dead, routingKey: '#' },
      ...consumers.flatMap((consumer) => bindingsOf(options, consumer)),
    ],
    exchangeBindings: publicBindings(options),
  };
};

const queuesOf = (instance: string, consumer: ConsumerQueues): Queue[] => [
  ...(consumer.bindings.length > 0
    ? [{ name: queueName(instance, consumer.name), kind: 'quorum' } as const]
    : []),
  ...((consumer.transientBindings ?? []).length > 0
    ? [{ name: transientQueueName(instance, consumer.name), kind: 'transient' } as const]
    : []),
];

const bindingsOf = ({ instance, topicPrefix }: InstanceOptions, consumer: ConsumerQueues): QueueBinding[] => {
  const bind = (queue: string) => (binding: RoleBinding) => ({
    exchange: exchangeName(instance, binding.exchange),
    routingKey: withPrefix(binding.key, topicPrefix),
    queue,
  });
  return [
    ...consumer.bindings.map(bind(queueName(instance, consumer.name))),
    ...(consumer.transientBindings ?? []).map(bind(transientQueueName(instance, consumer.name))),
  ];
};

/** Only these keys: `internal.timer.*` and whatever else is our own affair stays inside. */
const publicBindings = ({ instance, topicPrefix, publicExchange }: InstanceOptions): ExchangeBinding[] =>
  publicExchange === undefined
    ? []
    : ['<prefix>.flibs.#', '<prefix>.ci.#'].map((key) => ({
        source: exchangeName(instance, 'facts'),
        destination: publicExchange,
        routingKey: withPrefix(key, topicPrefix),
      }));

/** All that a worker needs, and may see: the workers exchange and its own queue. */
export const workerTopology = ({ instance, worker }: { instance: string; worker: string }): Topology => {
  const exchange = exchangeName(instance, 'workers');
  const queue = workerQueueName(instance, worker);
  return {
    exchanges: [{ name: exchange, type: 'direct' }],
    queues: [{ name: queue, kind: 'exclusive' }],
    bindings: [{ exchange, queue, routingKey: queue }],
    exchangeBindings: [],
  };
};

/** One queue bound to an exchange that somebody else owns. */
export const listeningTopology = (listening: {
  exchange: string;
  topics: readonly string[];
  queue: Queue;
}): Topology => ({
  exchanges: [],
  queues: [listening.queue],
  bindings: listening.topics.map((routingKey) => ({
    exchange: listening.exchange,
    queue: listening.queue.name,
    routingKey,
  })),
  exchangeBindings: [],
});
