/** Makes a topology on a broker, or checks that it is there. */
import type { Channel, ChannelModel } from 'amqplib';
import { deadExchangeOf } from './names.ts';
import type { Queue, Topology } from './port.ts';
import { isPredeclared } from './topology.ts';

/** A step that failed, with what it was about: the broker's own message does not always say. */
export class DeclareFailed extends Error {
  override name = 'DeclareFailed';
  readonly what: string;
  constructor(what: string, cause: unknown) {
    super(`${what} could not be declared`, { cause });
    this.what = what;
  }
}

interface Step {
  readonly what: string;
  readonly take: (channel: Channel) => Promise<unknown>;
}

/** Rejects with {@link DeclareFailed}. Doing it again changes nothing. */
export const applyTopology = async (
  model: ChannelModel,
  topology: Topology,
  passive: boolean,
): Promise<void> => {
  const channel = await model.createChannel();
  // A refusal closes the channel with an error event; the rejected step tells the same.
  channel.on('error', () => undefined);
  for (const step of passive ? passiveSteps(topology) : activeSteps(topology)) {
    try {
      await step.take(channel);
    } catch (error) {
      throw new DeclareFailed(step.what, error);
    }
  }
  await channel.close();
};

const activeSteps = (topology: Topology): Step[] => [
  ...topology.exchanges.map(({ name, type }) => ({
    what: `exchange ${name}`,
    take: (channel: Channel) =>
      isPredeclared(name)
        ? channel.checkExchange(name)
        : channel.assertExchange(name, type, { durable: true }),
  })),
  ...topology.queues.map(declareQueue),
  ...bindSteps(topology, topology.queues),
  ...topology.exchangeBindings.map(({ source, destination, routingKey }) => ({
    what: `the binding of exchange ${destination} to ${source} with ${routingKey}`,
    take: (channel: Channel) => channel.bindExchange(destination, source, routingKey),
  })),
];

/** Exclusive queues cannot have been made beforehand, so they are made and bound; all else is only looked for. */
const passiveSteps = (topology: Topology): Step[] => {
  const exclusive = topology.queues.filter((queue) => queue.kind === 'exclusive');
  return [
    ...topology.exchanges.map(({ name }) => ({
      what: `exchange ${name}`,
      take: (channel: Channel) => channel.checkExchange(name),
    })),
    ...topology.queues.map((queue) =>
      queue.kind === 'exclusive'
        ? declareQueue(queue)
        : { what: `queue ${queue.name}`, take: (channel: Channel) => channel.checkQueue(queue.name) },
    ),
    ...bindSteps(topology, exclusive),
  ];
};

const bindSteps = (topology: Topology, queues: readonly Queue[]): Step[] => {
  const names = new Set(queues.map((queue) => queue.name));
  return topology.bindings
    .filter((binding) => names.has(binding.queue))
    .map(({ exchange, routingKey, queue }) => ({
      what: `the binding of queue ${queue} to exchange ${exchange} with ${routingKey}`,
      take: (channel: Channel) => channel.bindQueue(queue, exchange, routingKey),
    }));
};

const declareQueue = (queue: Queue): Step => ({
  what: `queue ${queue.name}`,
  take: (channel) => channel.assertQueue(queue.name, queueOptions(queue)),
});

/** Milliseconds: a heartbeat that waited longer would make a dead worker look alive. */
const transientTtl = 30_000;

/**
 * Rule 3 of ARCHITECTURE: durable, quorum, limit, dead-letter exchange; nothing else, ever, for the broker refuses to
 * change them. The limit is only a backstop: each crash of a consumer counts against everything it had in hand.
 */
const queueOptions = ({ name, kind }: Queue) => {
  if (kind === 'transient') return { durable: false, arguments: { 'x-message-ttl': transientTtl } };
  if (kind === 'exclusive') return { durable: false, exclusive: true, autoDelete: true };
  const dead = deadExchangeOf(name);
  return {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': 100,
      ...(dead === undefined ? {} : { 'x-dead-letter-exchange': dead }),
    },
  };
};
