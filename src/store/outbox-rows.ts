/** What is to be said: written with the decision that says it, sent by a relay, kept for a while as a record. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { headersFromJson, headersToJson, storableText } from './storable.ts';

export interface OutboxMessage {
  /** A UUID; the same however often the row is sent. */
  readonly messageId: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly persistent: boolean;
  readonly mandatory: boolean;
  /** The timer that falls due at once when no queue takes it. */
  readonly onReturned?: { readonly kind: string; readonly key: string };
}

export interface ClaimedOutboxRow extends OutboxMessage {
  readonly id: number;
  /** How often it could not be sent so far. */
  readonly attempts: number;
}

export const insertOutbox = async (
  tx: Transaction<Database>,
  messages: readonly OutboxMessage[],
): Promise<void> => {
  if (messages.length === 0) return;
  await tx
    .insertInto('outbox')
    .values(
      messages.map((message) => ({
        message_id: message.messageId,
        exchange: message.exchange,
        routing_key: storableText(message.routingKey),
        headers: headersToJson(message.headers),
        body: message.body,
        content_type: message.contentType,
        content_encoding: message.contentEncoding,
        persistent: message.persistent,
        mandatory: message.mandatory,
        on_returned_kind: message.onReturned?.kind ?? null,
        on_returned_key: message.onReturned?.key ?? null,
      })),
    )
    .execute();
};

/** Takes rows that nobody has and that are due, for so long; whoever finds them again afterwards may send them again. */
export const claimOutbox = async (
  db: Kysely<Database>,
  claim: { limit: number; leaseSeconds: number },
): Promise<readonly ClaimedOutboxRow[]> => {
  const rows = await db
    .updateTable('outbox')
    .set({ next_at: sql`now() + make_interval(secs => ${claim.leaseSeconds})` })
    .where('id', 'in', (select) =>
      select
        .selectFrom('outbox')
        .select('id')
        .where('published_at', 'is', null)
        .where('next_at', '<=', sql<Date>`now()`)
        .orderBy('next_at')
        .orderBy('id')
        .limit(claim.limit)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
  return rows
    .toSorted((a, b) => a.id - b.id)
    .map((row) => ({
      id: row.id,
      attempts: row.attempts,
      messageId: row.message_id,
      exchange: row.exchange,
      routingKey: row.routing_key,
      headers: headersFromJson(row.headers),
      body: row.body,
      contentType: row.content_type,
      contentEncoding: row.content_encoding,
      persistent: row.persistent,
      mandatory: row.mandatory,
      ...(row.on_returned_kind !== null && row.on_returned_key !== null
        ? { onReturned: { kind: row.on_returned_kind, key: row.on_returned_key } }
        : {}),
    }));
};

/** Keeps rows that are still being sent. */
export const renewOutbox = async (
  db: Kysely<Database>,
  ids: readonly number[],
  leaseSeconds: number,
): Promise<void> => {
  if (ids.length === 0) return;
  await db
    .updateTable('outbox')
    .set({ next_at: sql`now() + make_interval(secs => ${leaseSeconds})` })
    .where('id', 'in', ids)
    .where('published_at', 'is', null)
    .execute();
};

export const markPublished = async (
  db: Kysely<Database>,
  ids: readonly number[],
  remark: string | null = null,
): Promise<void> => {
  if (ids.length === 0) return;
  await db
    .updateTable('outbox')
    .set({ published_at: sql`now()`, last_error: remark })
    .where('id', 'in', ids)
    .where('published_at', 'is', null)
    .execute();
};

/** Notes that a row could not be sent, and when to try again. */
export const postponeOutbox = async (
  tx: Transaction<Database>,
  id: number,
  put: { error: string; seconds: number },
): Promise<void> => {
  await tx
    .updateTable('outbox')
    .set((set) => ({
      attempts: set('attempts', '+', 1),
      last_error: storableText(put.error, 4_000),
      next_at: sql`now() + make_interval(secs => ${put.seconds})`,
    }))
    .where('id', '=', id)
    .execute();
};

export const dropOutbox = async (tx: Transaction<Database>, id: number): Promise<void> => {
  await tx.deleteFrom('outbox').where('id', '=', id).execute();
};
