/** Deletes what nobody asks for any more, in small batches so that nobody waits for it. */
import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { noLongerMatters } from './withdrawn-builds.ts';

/** Days that rows are kept. An inbox row must outlive every queue that could bring its message again. */
export interface Retention {
  readonly inbox: number;
  readonly outbox: number;
  readonly jobs: number;
  /** Workers and processes that were heard of last so long ago. */
  readonly gone: number;
  readonly audit: number;
}

export const usualRetention: Retention = { inbox: 90, outbox: 30, jobs: 90, gone: 1, audit: 365 };

const days = (count: number): RawBuilder<Date> => sql<Date>`now() - make_interval(days => ${count}::integer)`;

const oldRows = (retention: Retention): readonly { table: string; where: RawBuilder<boolean> }[] => [
  { table: 'inbox', where: sql`received_at < ${days(retention.inbox)}` },
  { table: 'delivery_attempt', where: sql`last_at < ${days(retention.inbox)}` },
  { table: 'outbox', where: sql`published_at < ${days(retention.outbox)}` },
  { table: 'worker', where: sql`announced_at < ${days(retention.gone)}` },
  { table: 'process', where: sql`seen_at < ${days(retention.gone)}` },
  { table: 'job', where: sql`state = 'done' AND ended_at < ${days(retention.jobs)}` },
  { table: 'withdrawal', where: noLongerMatters },
  { table: 'audit', where: sql`at < ${days(retention.audit)}` },
];

/** One batch of each table; the number of rows deleted, by table. */
export const deleteOldRows = async (
  tx: Transaction<Database>,
  retention: Retention,
  batch: number,
): Promise<Readonly<Record<string, number>>> => {
  const deleted: Record<string, number> = {};
  for (const { table, where } of oldRows(retention)) {
    const rows = sql`SELECT ctid FROM ${sql.table(table)} WHERE ${where} LIMIT ${batch} FOR UPDATE SKIP LOCKED`;
    const result = await sql`DELETE FROM ${sql.table(table)} WHERE ctid IN (${rows})`.execute(tx);
    deleted[table] = Number(result.numAffectedRows ?? 0n);
  }
  return deleted;
};
