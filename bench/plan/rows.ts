/** The rows of a plan: taken down for the bare side, and taken away again, so that each round finds the same store. */
import { sql } from 'kysely';
import type { Store } from '../../src/store/connect.ts';
import type { Captured } from './protocol.ts';

/** In an order that their references allow; each with what tells a plan's rows from those before. */
const tables = [
  ['build', `id > (select count(*) from image)`],
  ['arch_build', `build > (select count(*) from image)`],
  ['build_cause', 'rebuild > 1'],
  ['index_entry', `build > (select count(*) from image)`],
  ['left_alone', 'rebuild > 1'],
  ['transition', `message_id <> 'made up'`],
  ['outbox', 'true'],
] as const;

export const capture = async ({ db }: Store, source: string): Promise<Captured> => {
  const rows: Record<string, string> = {};
  for (const [table, which] of tables) {
    const found = await sql<{ rows: string | null }>`
      select json_agg(each)::text as rows from ${sql.table(table)} as each where ${sql.raw(which)}`.execute(
      db,
    );
    const text = found.rows[0]?.rows;
    if (text) rows[table] = text;
  }
  const { rows: images } = await sql<{ image: string }>`
    select image from build where ${sql.raw(tables[0][1])} order by id`.execute(db);
  return { images: images.map(({ image }) => image), source, rows };
};

export const restore = async (store: Store): Promise<void> => {
  await store.transaction(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx);
    for (const [table, which] of [...tables].reverse())
      await sql`delete from ${sql.table(table)} where ${sql.raw(which)}`.execute(tx);
    await sql`delete from rebuild where id > 1`.execute(tx);
    await sql`delete from nomination_target`.execute(tx);
    await sql`delete from nomination`.execute(tx);
    await sql`delete from timer`.execute(tx);
    await sql`update release_number set last = 1 where last > 1`.execute(tx);
    // So that the next rebuild is the one that the captured rows name.
    await sql`select setval(pg_get_serial_sequence('rebuild', 'id'), 1)`.execute(tx);
  }, 'bench');
  for (const [table] of tables) await sql`vacuum ${sql.table(table)}`.execute(store.db);
  await sql`vacuum release_number`.execute(store.db);
};
