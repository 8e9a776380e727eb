/** Empties every table but the record of migrations, faster than a new database: a few milliseconds. */
import { sql } from 'kysely';
import type { Store } from '../../src/store/connect.ts';

/** Deletes are cheaper than TRUNCATE, which makes new files for each table and index. Identities go on counting. */
export const emptyStore = async (store: Store): Promise<void> => {
  const { rows } = await sql<{ name: string }>`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = ${store.schema} AND tablename <> 'migration'`.execute(
    store.db,
  );
  // Within one transaction, with foreign keys out of the way for it alone.
  await store.db.transaction().execute(async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    for (const { name } of rows) await sql`DELETE FROM ${sql.table(name)}`.execute(tx);
  });
};
