/** What a delivery is to a consumer, before anything is done about it. Pure. */
import { decodeDelivery } from '../bus/decode-delivery.ts';
import { type ExchangeRole, exchangeName, withPrefix } from '../bus/names.ts';
import type { Delivery } from '../bus/port.ts';
import type { Flow, Message, Subscription } from './consumer.ts';
import { topicMatcher } from './topic-match.ts';

export type Judgement =
  | {
      readonly verdict: 'understood';
      readonly message: Message;
      readonly handle: (flow: Flow) => Promise<void>;
    }
  | { readonly verdict: 'ignored'; readonly reason: string }
  | { readonly verdict: 'refused'; readonly reason: string }
  /** Of a newer major version than the subscription knows: kept until a flibs that knows it runs. */
  | { readonly verdict: 'newer'; readonly reason: string };

/** Through what a delivery came: the exchange, and whether its queue may be lost. */
export interface Way {
  readonly origin: ExchangeRole;
  readonly transient: boolean;
}

/** Which subscription hears what comes that way under a routing key: the first that listens there. */
export type Listening<Knowledge> = (way: Way, routingKey: string) => Subscription<Knowledge> | undefined;

/** Routing keys remembered: a bus has some hundreds, but anybody may invent more. */
const mostRemembered = 2_000;

export const listeningOf = <Knowledge>(
  subscriptions: readonly Subscription<Knowledge>[],
  topicPrefix: string,
): Listening<Knowledge> => {
  const listening = subscriptions.map((subscription) => ({
    subscription,
    matches: subscription.topics.map((topic) => topicMatcher(withPrefix(topic, topicPrefix))),
  }));
  const find: Listening<Knowledge> = (way, routingKey) =>
    listening.find(
      ({ subscription, matches }) =>
        subscription.exchange === way.origin &&
        subscription.transient === way.transient &&
        matches.some((matchesKey) => matchesKey(routingKey)),
    )?.subscription;
  const remembered = new Map<string, { readonly subscription: Subscription<Knowledge> | undefined }>();
  return (way, routingKey) => {
    const key = `${way.transient ? '~' : ''}${way.origin} ${routingKey}`;
    const known = remembered.get(key);
    if (known !== undefined) return known.subscription;
    const subscription = find(way, routingKey);
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(key, { subscription });
    return subscription;
  };
};

const roles = ['upstream', 'facts', 'workers'] as const;

/** Tells our exchanges apart; undefined for any other. */
export const originsOf = (instance: string): ((exchange: string) => ExchangeRole | undefined) => {
  const known = new Map<string, ExchangeRole>(roles.map((role) => [exchangeName(instance, role), role]));
  return (exchange) => known.get(exchange);
};

/** The first subscription that listens there decides. */
export const judge = <Knowledge>(
  listening: Listening<Knowledge>,
  knowledge: Knowledge,
  delivery: Delivery,
  way: Way,
): Judgement => {
  const subscription = listening(way, delivery.routingKey);
  if (subscription === undefined)
    return { verdict: 'ignored', reason: 'no subscription of this consumer listens to it' };
  if (isNewer(delivery, way, subscription.major)) {
    return {
      verdict: 'newer',
      reason: `a newer major version than ${subscription.major}, which is known here`,
    };
  }
  const decoded = decodeDelivery(delivery, way.origin);
  if ('refused' in decoded) return { verdict: 'refused', reason: decoded.refused };
  return read(subscription, decoded.message, knowledge);
};

const read = <Knowledge>(
  subscription: Subscription<Knowledge>,
  message: Message,
  knowledge: Knowledge,
): Judgement => {
  try {
    const received = subscription.receive(message, knowledge);
    return received.verdict === 'understood'
      ? { verdict: 'understood', message, handle: received.handle }
      : received;
  } catch (error) {
    // Reading is pure: what fails now fails always, so there is nothing to try again.
    return { verdict: 'refused', reason: `reading it failed: ${String(error)}` };
  }
};

/** Only what came through an exchange of our own is believed to be of a newer flibs. */
const isNewer = ({ headers }: Delivery, { origin }: Way, known: number | undefined): boolean => {
  const type = headers['ce-type'];
  if (known === undefined || origin === 'upstream' || typeof type !== 'string') return false;
  const major = /^io\.flibs\..+\.v(\d{1,4})$/.exec(type)?.[1];
  return major !== undefined && Number(major) > known;
};
