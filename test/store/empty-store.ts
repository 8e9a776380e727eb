/** Empties every table but the record of migrations, faster than a new database: a few milliseconds. */
import type { Store } from '../../src/store/connect.ts';

/** Deletes are cheaper than TRUNCATE, which makes new files for each table and index. Identities begin at 1 again. */
export const emptyStore = async ({ pool, schema }: Store): Promise<void> => {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = $1 AND tablename <> 'migration'`,
    [schema],
  );
  // Several statements in one message are one transaction; foreign keys are out of the way for it alone.
  await pool.query(
    ['SET LOCAL session_replication_role = replica', ...rows.map(({ name }) => `DELETE FROM ${name}`)].join(
      '; ',
    ),
  );
  await pool.query(
    `SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = $1`,
    [schema],
  );
};
