/**
 * Receives messages for one consumer. How each ends:
 *
 * | what                                  | row                        | broker  |
 * |---------------------------------------|----------------------------|---------|
 * | ignored                               | counted, once a second     | ack     |
 * | refused, id reused, tried too often   | dead_letter                | ack     |
 * | understood and handled, now or before | inbox, and what it decided | ack     |
 * | handling failed, newer major version  | deferred                   | ack     |
 * | the store is away                     | none: it was no attempt    | requeue |
 */
import type { Delivery, Verdict } from '../bus/port.ts';
import { recordAttempt } from '../store/inbox-rows.ts';
import { type DueDeferred, forgetDeferred, type Kept } from '../store/kept-messages.ts';
import { describeError, isStoreAway } from '../store/store-errors.ts';
import type { Consumer } from './consumer.ts';
import type { Environment } from './environment.ts';
import { keptOf } from './handle.ts';
import { type IgnoredCounter, newIgnoredCounter } from './ignored-counter.ts';
import { type Judgement, judge, listeningOf, originsOf } from './judge.ts';
import { knowledgeOf } from './knowledge.ts';
import { mostAttempts } from './retry-delays.ts';
import { type Settling, settling } from './settle.ts';
import { newSlots } from './slots.ts';

export interface Receiver {
  /** @param transient it came through the queue of heartbeats and log chunks */
  receive(delivery: Delivery, transient?: boolean): Verdict | Promise<Verdict>;
  /** Once more, a message that was put off; this attempt is counted already. Rejects when the store is away. */
  retry(deferred: DueDeferred): Promise<void>;
  /** Reads what `read` must know from the store. Needed once before the first message. */
  refreshKnowledge(): Promise<void>;
  /** Writes down what was ignored. */
  flushIgnored(): Promise<void>;
}

type OfInterest = Exclude<Judgement, { readonly verdict: 'ignored' }>;

const usuallyAtOnce = 4;

const definitionsChanged = /(?:^|\.)flibs\.definitions\.changed$/;

export const openReceiver = <Ports, Knowledge>(
  consumer: Consumer<Ports, Knowledge>,
  environment: Environment,
): Receiver => {
  const listening = listeningOf(consumer.subscriptions, environment.topicPrefix);
  const originOf = originsOf(environment.instance);
  const knowledge = knowledgeOf(consumer, environment);
  const ignored = newIgnoredCounter(environment.store, consumer.name);
  const settle = settling(environment);
  const inSlot = newSlots(consumer.atOnce ?? usuallyAtOnce);
  const attempted = attemptsOf(environment);

  const judgeDelivery = (delivery: Delivery, transient: boolean): Judgement => {
    const origin = originOf(delivery.exchange);
    return origin === undefined
      ? { verdict: 'ignored', reason: `came through ${delivery.exchange}, which is no exchange of ours` }
      : judge(listening, knowledge.current(), delivery, { origin, transient });
  };
  const keep = (delivery: Delivery): Kept =>
    keptOf(consumer.name, originOf(delivery.exchange) ?? 'unknown', delivery);

  const settleJudged = async (
    delivery: Delivery,
    judgement: OfInterest,
    transient: boolean,
  ): Promise<void> => {
    if (transient) {
      if (judgement.verdict !== 'understood') return ignore(ignored, delivery, judgement.reason);
      return inSlot(() => settle.handleTransient(judgement));
    }
    const kept = keep(delivery);
    if (judgement.verdict === 'refused') return settle.dead(kept, judgement.reason);
    if (judgement.verdict === 'newer') return settle.newer(kept, judgement.reason);
    return inSlot(async () => {
      const attempt = await attempted(delivery, kept);
      const traces = { attempts: delivery.redelivered };
      return attempt > mostAttempts
        ? settle.dead(kept, `delivered ${attempt} times, never handled to the end`, traces)
        : settle.handle(kept, judgement, traces);
    });
  };

  // The topic is looked at whether or not the consumer subscribes to it: what it knows may have changed.
  const learn = (delivery: Delivery): void => {
    if (definitionsChanged.test(delivery.routingKey)) environment.wake.emit('definitions');
  };

  const receive = async (delivery: Delivery, judgement: OfInterest, transient: boolean): Promise<Verdict> => {
    try {
      await settleJudged(delivery, judgement, transient);
    } catch (error) {
      if (!isStoreAway(error)) logUnsettled(environment, consumer.name, delivery, error);
      return 'requeue';
    }
    learn(delivery);
    return 'ack';
  };

  return {
    receive: (delivery, transient = false) => {
      const judgement = judgeDelivery(delivery, transient);
      if (judgement.verdict !== 'ignored') return receive(delivery, judgement, transient);
      ignore(ignored, delivery, judgement.reason);
      learn(delivery);
      return 'ack';
    },
    retry: async (deferred) => {
      const delivery = deliveryOf(deferred);
      await retry(settle, deferred, judgeDelivery(delivery, false), async (reason) => {
        await environment.store.transaction((tx) => forgetDeferred(tx, deferred.id), 'defer');
        ignore(ignored, delivery, reason);
      });
    },
    refreshKnowledge: knowledge.refresh,
    flushIgnored: ignored.flush,
  };
};

const retry = (
  settle: Settling,
  deferred: DueDeferred,
  judgement: Judgement,
  ignoring: (reason: string) => Promise<void>,
): Promise<void> => {
  switch (judgement.verdict) {
    case 'understood':
      return settle.handleAgain(deferred, judgement);
    case 'newer':
      return settle.newer(deferred, judgement.reason);
    case 'refused':
      return settle.dead(deferred, judgement.reason, { deferred: deferred.id });
    case 'ignored':
      return ignoring(judgement.reason);
  }
};

/** Which attempt this is. Only a redelivered message costs a transaction, committed before it is handled. */
const attemptsOf = ({ store }: Environment): ((delivery: Delivery, kept: Kept) => Promise<number>) => {
  // A delivery in hand that waited for the store comes again with the same bytes in memory: not counted twice.
  const counted = new WeakMap<Buffer, number>();
  return async (delivery, kept) => {
    if (!delivery.redelivered) return 1;
    const known = counted.get(delivery.body);
    if (known !== undefined) return known;
    const attempt = await store.transaction((tx) => recordAttempt(tx, kept), 'attempt');
    counted.set(delivery.body, attempt);
    return attempt;
  };
};

const deliveryOf = ({ messageId, raw }: DueDeferred): Delivery => ({
  exchange: raw.exchange,
  routingKey: raw.topic,
  messageId,
  contentType: raw.contentType,
  contentEncoding: raw.contentEncoding,
  headers: raw.headers,
  body: raw.body,
  redelivered: false,
});

const longestSample = 2_048;

const ignore = (ignored: IgnoredCounter, delivery: Delivery, reason: string): void =>
  ignored.count(delivery.routingKey, reason, () => ({
    messageId: delivery.messageId,
    body: delivery.body.toString('utf8', 0, longestSample),
  }));

const logUnsettled = (environment: Environment, consumer: string, delivery: Delivery, error: unknown): void =>
  environment.log.error(
    { consumer, message: delivery.messageId, topic: delivery.routingKey, error: describeError(error) },
    'a message could be neither handled nor written down; it stays with the broker',
  );
