/** Processes that have the store: each says now and then that it lives, and how its consumers stand. */
import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';
import type { ConsumerStanding } from './runtime-tables.ts';
import { json } from './storable.ts';

/** Seconds after which a process that says nothing counts as gone. */
export const goneAfter = 30;

export interface ProcessRow {
  /** A UUID, another one at each start. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly consumers: readonly ConsumerStanding[];
}

/** Says how it stands now; the first time it also takes the place of one that is gone from here and did the same. */
export const writeProcess = async (db: Kysely<Database>, row: ProcessRow): Promise<void> => {
  const { id, host, pid } = row;
  const names = row.consumers.map(({ name }) => name);
  await sql`
    with former as (
      delete from process
      where host = ${host} and names = ${names}::text[] and id <> ${id}
        and seen_at < now() - make_interval(secs => ${goneAfter}))
    insert into process (id, host, pid, names, consumers, started_at, seen_at)
    values (${id}, ${host}, ${pid}, ${names}::text[], ${json(row.consumers)}::jsonb, now(), now())
    on conflict (id) do update set consumers = excluded.consumers, seen_at = excluded.seen_at`.execute(db);
};

/** It was asked to stop: nobody need miss it. */
export const removeProcess = async (db: Kysely<Database>, id: string): Promise<void> => {
  await db.deleteFrom('process').where('id', '=', id).execute();
};
