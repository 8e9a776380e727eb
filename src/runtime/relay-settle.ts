/** What becomes of outbox rows once the broker has answered: marked, put off, or dead, in one transaction a batch. */
import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import { causationHeader, parseCausation } from '../bus/causation.ts';
import type { Database } from '../store/database.ts';
import { buryMessage } from '../store/kept-messages.ts';
import { type ClaimedOutboxRow, dropOutbox, markPublished, postponeOutbox } from '../store/outbox-rows.ts';
import { bringTimerForward } from '../store/timer-rows.ts';
import { type Environment, readNow } from './environment.ts';
import { jobDelay } from './retry-delays.ts';

export interface Sent {
  readonly row: ClaimedOutboxRow;
  readonly outcome: 'confirmed' | 'returned' | { readonly error: string };
}

/** Tries at a row that the broker or the client refuses; then it is a dead letter, and others go on. */
const mostTries = 10;

/**
 * Pauses, in seconds, before a fact that no queue took is sent again: a broker that lost its queues gets them back
 * when somebody reconnects. A fact that nobody listens to is then as good as sent.
 */
const pausesOfReturned = [1, 5];

export const settleSent = async (environment: Environment, sent: readonly Sent[]): Promise<void> => {
  const confirmed = sent.filter(({ outcome }) => outcome === 'confirmed').map(({ row }) => row.id);
  if (confirmed.length === sent.length) {
    return environment.store.statement((db) => markPublished(db, confirmed), 'mark-outbox');
  }
  let timers = 0;
  await environment.store.transaction(async (tx) => {
    timers = 0;
    await markPublished(tx, confirmed);
    for (const { row, outcome } of sent) {
      if (outcome === 'returned') timers += await settleReturned(environment, tx, row);
      else if (outcome !== 'confirmed') await settleFailed(environment, tx, row, outcome.error);
    }
  }, 'mark-outbox');
  if (timers > 0) environment.wake.emit('timer', 0);
};

/** @returns how many timers fell due. */
const settleReturned = async (
  environment: Environment,
  tx: Transaction<Database>,
  row: ClaimedOutboxRow,
): Promise<number> => {
  const remark = 'no queue took it';
  if (row.onReturned !== undefined) {
    const cause = {
      messageId: row.messageId,
      topic: row.routingKey,
      causation: parseCausation(row.headers[causationHeader]),
    };
    await bringTimerForward(tx, { ...row.onReturned, due: await readNow(environment, tx), cause });
    await markPublished(tx, [row.id], remark);
    return 1;
  }
  const pause = pausesOfReturned[row.attempts];
  if (pause !== undefined) {
    await postponeOutbox(tx, row.id, { error: remark, seconds: pause });
    return 0;
  }
  await markPublished(tx, [row.id], remark);
  environment.log.info({ message: row.messageId, topic: row.routingKey }, 'said, and nobody listens to it');
  return 0;
};

const settleFailed = async (
  { log }: Environment,
  tx: Transaction<Database>,
  row: ClaimedOutboxRow,
  error: string,
): Promise<void> => {
  const tries = row.attempts + 1;
  if (tries < mostTries) return postponeOutbox(tx, row.id, { error, seconds: jobDelay(tries) / 1000 });
  const { messageId, exchange, routingKey, headers, body, contentType, contentEncoding } = row;
  await buryMessage(
    tx,
    {
      consumer: 'relay',
      origin: 'outbox',
      messageId,
      bodyHash: createHash('sha256').update(body).digest(),
      raw: { exchange, topic: routingKey, headers, body, contentType, contentEncoding },
    },
    `could not be sent, tried ${tries} times: ${error}`,
  );
  await dropOutbox(tx, row.id);
  log.error({ message: messageId, topic: routingKey, error }, 'dead letter: it could not be sent');
};
