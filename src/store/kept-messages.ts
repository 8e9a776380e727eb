/** Messages kept as rows because they could not be handled: for later (deferred) or for good (dead letters). */
import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { InboxKey } from './inbox-rows.ts';
import type { DeferredReason } from './runtime-tables.ts';
import { headersFromJson, headersToJson, storableText } from './storable.ts';

/** A message as it came. */
export interface RawMessage {
  readonly exchange: string;
  readonly topic: string;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** A message to be kept, with the key under which its consumer knows it. */
export interface Kept extends InboxKey {
  readonly bodyHash: Buffer;
  readonly raw: RawMessage;
}

const textOrNull = (text: string | undefined): string | null =>
  text === undefined ? null : storableText(text, 255);

const columnsOf = ({ consumer, origin, messageId, bodyHash, raw }: Kept) => ({
  consumer,
  origin,
  message_id: storableText(messageId),
  body_hash: bodyHash,
  exchange: storableText(raw.exchange),
  topic: storableText(raw.topic),
  content_type: textOrNull(raw.contentType),
  content_encoding: textOrNull(raw.contentEncoding),
  headers: headersToJson(raw.headers),
  body: raw.body,
});

const keyColumns = ['consumer', 'origin', 'message_id', 'body_hash'] as const;

/** A reason is for people: cut to a page. */
const longestReason = 4_000;

/** Writes down the end of a message; the same one once more is counted. */
export const buryMessage = async (tx: Transaction<Database>, kept: Kept, reason: string): Promise<void> => {
  await tx
    .insertInto('dead_letter')
    .values({ ...columnsOf(kept), reason: storableText(reason, longestReason) })
    .onConflict((conflict) =>
      conflict.columns(keyColumns).doUpdateSet({
        reason: storableText(reason, longestReason),
        times: sql`dead_letter.times + 1`,
        at: sql`now()`,
      }),
    )
    .execute();
};

export interface Deferral {
  readonly reason: DeferredReason;
  readonly error: string;
  readonly due: Date;
}

/** Keeps a message for later, as its first attempt; if it is kept already, that stays as it is. */
export const deferMessage = async (
  tx: Transaction<Database>,
  kept: Kept,
  deferral: Deferral,
): Promise<void> => {
  const { reason, due } = deferral;
  await tx
    .insertInto('deferred')
    .values({
      ...columnsOf(kept),
      reason,
      due,
      attempts: 1,
      error: storableText(deferral.error, longestReason),
    })
    .onConflict((conflict) => conflict.columns(keyColumns).doNothing())
    .execute();
};

/** A deferred message whose time has come, in the hands of one process. */
export interface DueDeferred extends Kept {
  readonly id: number;
  readonly reason: DeferredReason;
  /** Counting the one that is beginning. */
  readonly attempts: number;
}

/**
 * Takes due messages of a consumer. The attempt is counted and `due` moved before anything is tried, so that a message
 * that ends its process is found out, and nobody else takes it meanwhile.
 */
export const claimDeferred = async (
  tx: Transaction<Database>,
  claim: { consumer: string; now: Date; until: Date; limit: number },
): Promise<readonly DueDeferred[]> => {
  const rows = await tx
    .updateTable('deferred')
    .set((set) => ({ attempts: set('attempts', '+', 1), due: claim.until }))
    .where('id', 'in', (select) =>
      select
        .selectFrom('deferred')
        .select('id')
        .where('consumer', '=', claim.consumer)
        .where('due', '<=', claim.now)
        .orderBy('due')
        .limit(claim.limit)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
  return rows.map((row) => ({
    id: row.id,
    reason: row.reason,
    attempts: row.attempts,
    consumer: row.consumer,
    origin: row.origin,
    messageId: row.message_id,
    bodyHash: row.body_hash,
    raw: {
      exchange: row.exchange,
      topic: row.topic,
      contentType: row.content_type ?? undefined,
      contentEncoding: row.content_encoding ?? undefined,
      headers: headersFromJson(row.headers),
      body: row.body,
    },
  }));
};

/** Puts a deferred message off once more. Attempts count anew when it is put off for another reason than before. */
export const deferAgain = async (
  tx: Transaction<Database>,
  id: number,
  deferral: Deferral,
): Promise<void> => {
  await tx
    .updateTable('deferred')
    .set({
      attempts: sql`CASE WHEN reason = ${deferral.reason} THEN attempts ELSE 1 END`,
      reason: deferral.reason,
      due: deferral.due,
      error: storableText(deferral.error, longestReason),
    })
    .where('id', '=', id)
    .execute();
};

export const forgetDeferred = async (tx: Transaction<Database>, id: number): Promise<void> => {
  await tx.deleteFrom('deferred').where('id', '=', id).execute();
};
