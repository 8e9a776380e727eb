/** Names of everything that an instance has on a broker. Nothing else in flibs spells one of them. */

/** Our three exchanges; see ARCHITECTURE, The flow. */
export type ExchangeRole = 'upstream' | 'facts' | 'workers';

const instancePattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const workerPattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,127})$/;

/** The instance, when it can stand in the names of queues. Throws for anything else, so that no name can break out. */
export const checkedInstance = (instance: string): string => {
  if (instancePattern.test(instance)) return instance;
  throw new Error(
    `instance ${JSON.stringify(instance)} cannot name queues: it must be 1 to 40 lower case letters, digits and dashes`,
  );
};

export const exchangeName = (instance: string, role: ExchangeRole): string =>
  `flibs.${checkedInstance(instance)}.${role}`;

/** The durable queue of a consumer. */
export const queueName = (instance: string, consumer: string): string =>
  `flibs.${checkedInstance(instance)}.${consumer}`;

/** The queue of a consumer's heartbeats or log chunks, which may be lost. */
export const transientQueueName = (instance: string, consumer: string): string =>
  `${queueName(instance, consumer)}.transient`;

/** A worker's own command queue; also its routing key on the workers exchange. */
export const workerQueueName = (instance: string, worker: string): string => {
  if (!workerPattern.test(worker)) {
    throw new Error(
      `worker ${JSON.stringify(worker)} cannot name a queue: it must be letters, digits, dots, _ and -`,
    );
  }
  return `flibs.${checkedInstance(instance)}.worker.${worker}`;
};

/** Takes what the broker itself gave up on: the backstop of rule 3. Its one queue has the same name. */
export const deadExchangeName = (instance: string): string => `flibs.${checkedInstance(instance)}.dead`;

/** The dead-letter exchange of one of our queues, undefined for the dead queue itself and for queues of others. */
export const deadExchangeOf = (queue: string): string | undefined => {
  const instance = /^flibs\.([a-z0-9-]+)\./.exec(queue)?.[1];
  if (instance === undefined || !instancePattern.test(instance)) return undefined;
  const dead = deadExchangeName(instance);
  return queue === dead ? undefined : dead;
};

/** An event's topic as it goes over the wire. */
export const wholeTopic = (topicPrefix: string, topic: string): string =>
  topicPrefix === '' ? topic : `${topicPrefix}.${topic}`;

/** Puts the instance's topic prefix where a binding key says `<prefix>`. */
export const withPrefix = (key: string, topicPrefix: string): string =>
  topicPrefix === '' ? key.replace('<prefix>.', '') : key.replace('<prefix>', topicPrefix);
