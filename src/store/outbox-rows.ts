/** What is to be said: written with the decision that says it, sent by a relay, kept for a while as a record. */
import { type Kysely, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { Database } from './database.ts';
import { type Prepared, runPrepared, sayLast } from './dialect.ts';
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

/** With every transaction that says something, so prepared. `$12`: seconds that the writer's own relay has the rows. */
const write: Prepared = {
  name: 'write-outbox',
  text: `insert into outbox (message_id, exchange, routing_key, headers, body, content_type, content_encoding,
      persistent, mandatory, on_returned_kind, on_returned_key, next_at)
    select *, now() + make_interval(secs => $12) from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::bytea[],
      $6::text[], $7::text[], $8::boolean[], $9::boolean[], $10::text[], $11::text[])
    returning id, message_id`,
};

const valuesOf = (messages: readonly OutboxMessage[], leaseSeconds: number): readonly unknown[] => {
  const column = <T>(pick: (message: OutboxMessage) => T) => messages.map(pick);
  return [
    column(({ messageId }) => messageId),
    column(({ exchange }) => exchange),
    column(({ routingKey }) => storableText(routingKey)),
    column(({ headers }) => headersToJson(headers)),
    column(({ body }) => body),
    column(({ contentType }) => contentType),
    column(({ contentEncoding }) => contentEncoding),
    column(({ persistent }) => persistent),
    column(({ mandatory }) => mandatory),
    column(({ onReturned }) => onReturned?.kind ?? null),
    column(({ onReturned }) => onReturned?.key ?? null),
    leaseSeconds,
  ];
};

export const insertOutbox = async (
  tx: Transaction<Database>,
  messages: readonly OutboxMessage[],
): Promise<void> => {
  if (messages.length > 0) await runPrepared(tx, write, valuesOf(messages, 0));
};

const Written = z.array(z.object({ id: z.number(), message_id: z.string() }));

/**
 * Written with the commit of the transaction.
 * @param leaseSeconds how long nobody else takes the rows; 0: anybody may, at once.
 * @param written is told the rows once they are committed.
 */
export const insertOutboxLast = async (
  tx: Transaction<Database>,
  messages: readonly OutboxMessage[],
  leaseSeconds: number,
  written: (rows: readonly ClaimedOutboxRow[]) => void,
): Promise<void> => {
  if (messages.length === 0) return;
  await sayLast(tx, write, valuesOf(messages, leaseSeconds), (rows) => {
    const ids = new Map(Written.parse(rows).map((row) => [row.message_id, row.id]));
    written(
      messages.flatMap((message) => {
        const id = ids.get(message.messageId);
        return id === undefined ? [] : [{ ...message, id, attempts: 0 }];
      }),
    );
  });
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

/** Keeps rows that are still being sent. Those that are being marked at this moment need no keeping, and are not waited for. */
export const renewOutbox = async (
  db: Kysely<Database>,
  ids: readonly number[],
  leaseSeconds: number,
): Promise<void> => {
  if (ids.length === 0) return;
  await db
    .updateTable('outbox')
    .set({ next_at: sql`now() + make_interval(secs => ${leaseSeconds})` })
    .where('id', 'in', (select) =>
      select
        .selectFrom('outbox')
        .select('id')
        .where('id', 'in', ids)
        .where('published_at', 'is', null)
        .forUpdate()
        .skipLocked(),
    )
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
