/** How many rows a transaction reads, as the server counts them. */
import { sql } from 'kysely';
import type { Flow } from '../../../src/runtime/consumer.ts';

const rowsReadSoFar = async ({ tx }: Flow): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<{ table: string; rows: number }>`
    select relname as table, seq_tup_read + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables
    where schemaname = current_schema()`.execute(tx);
  return new Map(rows.map((row) => [row.table, Number(row.rows)]));
};

/** By table. What the connection did before, and the server may not have counted yet, is left out. */
export const rowsReadBy = async (
  flow: Flow,
  work: () => Promise<unknown>,
): Promise<ReadonlyMap<string, number>> => {
  const before = await rowsReadSoFar(flow);
  await work();
  const after = await rowsReadSoFar(flow);
  return new Map([...after].map(([table, rows]) => [table, rows - (before.get(table) ?? 0)]));
};
