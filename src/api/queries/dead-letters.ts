/** Messages that were put aside. */
import type { Kysely } from 'kysely';
import type { Database } from '../../store/database.ts';
import type { DeadLetterBrief, DeadLetterDetail } from '../wire/dead-letter.ts';
import { iso } from './time.ts';

const shownBytes = 65_536;
const columns = ['id', 'consumer', 'reason', 'topic', 'message_id', 'origin', 'times', 'at'] as const;

interface Row {
  readonly id: number;
  readonly consumer: string;
  readonly reason: string;
  readonly topic: string;
  readonly message_id: string;
  readonly origin: string;
  readonly times: number;
  readonly at: Date;
}

const briefOf = ({ id, consumer, reason, topic, message_id, origin, times, at }: Row): DeadLetterBrief => ({
  id,
  consumer,
  reason,
  topic,
  messageId: message_id,
  origin,
  times,
  at: iso(at),
});

/** The newest, newest first. */
export const listDeadLetters = async (
  db: Kysely<Database>,
  { consumer, limit }: { consumer?: string | undefined; limit: number },
): Promise<DeadLetterBrief[]> => {
  const all = db.selectFrom('dead_letter').select(columns).orderBy('id', 'desc').limit(limit);
  const rows = await (consumer === undefined ? all : all.where('consumer', '=', consumer)).execute();
  return rows.map(briefOf);
};

export const countDeadLetters = async (db: Kysely<Database>): Promise<number> => {
  const { count } = await db
    .selectFrom('dead_letter')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
};

/** Undefined where there is no such dead letter. */
export const deadLetterDetail = async (
  db: Kysely<Database>,
  id: number,
): Promise<DeadLetterDetail | undefined> => {
  const row = await db.selectFrom('dead_letter').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    ...briefOf(row),
    exchange: row.exchange,
    contentType: row.content_type,
    contentEncoding: row.content_encoding,
    headers: row.headers,
    bodyBytes: row.body.length,
    body: row.body.subarray(0, shownBytes).toString('utf8'),
  };
};
