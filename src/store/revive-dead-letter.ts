/** A dead letter whose reason was mended is handed to its consumer once more. */
import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';

/** Moves it to the deferred messages, due now, with all its attempts before it. Undefined: there is none. */
export const reviveDeadLetter = async (
  tx: Transaction<Database>,
  id: number,
  now: Date,
): Promise<{ readonly consumer: string } | undefined> => {
  const { rows } = await sql<{ consumer: string }>`
    with revived as (delete from dead_letter where id = ${id} returning *), deferred_again as (
      insert into deferred (consumer, origin, message_id, body_hash, exchange, topic, content_type, content_encoding,
        headers, body, reason, due, attempts, error)
      select consumer, origin, message_id, body_hash, exchange, topic, content_type, content_encoding, headers, body,
        'failed', ${now}, 0, reason from revived
      on conflict do nothing
    ) select consumer from revived`.execute(tx);
  return rows[0];
};
