/** Which messages were decided on, and how often one that came back was tried. */
import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { type Prepared, runPrepared } from './dialect.ts';
import { storableText } from './storable.ts';

/** ARCHITECTURE rule 4: who heard it, which exchange it came through, its id. */
export interface InboxKey {
  readonly consumer: string;
  readonly origin: string;
  readonly messageId: string;
}

const keyColumns = (key: InboxKey) => ({
  consumer: key.consumer,
  origin: key.origin,
  message_id: storableText(key.messageId),
});

/** With every message of interest, so prepared. */
const enter: Prepared = {
  name: 'enter-inbox',
  text: `insert into inbox (consumer, origin, message_id, body_hash) values ($1, $2, $3, $4)
    on conflict do nothing`,
};

/**
 * Takes the message for this transaction. Waits where another transaction is at the same message.
 * - `new`: nobody had it.
 * - `same`: it was decided on; there is nothing left to do.
 * - `reused`: its id was used by a message with another body.
 */
export const enterInbox = async (
  tx: Transaction<Database>,
  key: InboxKey,
  bodyHash: Buffer,
): Promise<'new' | 'same' | 'reused'> => {
  const { consumer, origin, message_id } = keyColumns(key);
  const { count } = await runPrepared(tx, enter, [consumer, origin, message_id, bodyHash]);
  if (count === 1) return 'new';
  const known = await tx
    .selectFrom('inbox')
    .select('body_hash')
    .where((where) => where.and(keyColumns(key)))
    .executeTakeFirstOrThrow();
  return known.body_hash.equals(bodyHash) ? 'same' : 'reused';
};

/** Counts one more attempt at a redelivered message and tells which it is, from 1. */
export const recordAttempt = async (tx: Transaction<Database>, key: InboxKey): Promise<number> => {
  const { attempts } = await tx
    .insertInto('delivery_attempt')
    .values({ ...keyColumns(key), attempts: 1, last_at: sql`now()` })
    .onConflict((conflict) =>
      conflict.columns(['consumer', 'origin', 'message_id']).doUpdateSet({
        attempts: sql`delivery_attempt.attempts + 1`,
        last_at: sql`now()`,
      }),
    )
    .returning('attempts')
    .executeTakeFirstOrThrow();
  return attempts;
};

export const forgetAttempts = async (tx: Transaction<Database>, key: InboxKey): Promise<void> => {
  await tx
    .deleteFrom('delivery_attempt')
    .where((where) => where.and(keyColumns(key)))
    .execute();
};
