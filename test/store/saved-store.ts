/** A store's rows put aside, to begin from them again and again, in this database or in copies of it. */
import type { Store } from '../../src/store/connect.ts';
import { emptyStore } from './empty-store.ts';

const savedIn = ({ schema }: Store): string => `${schema}_saved`;

export const saveStore = async (store: Store): Promise<void> => {
  const { pool, schema } = store;
  const saved = savedIn(store);
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname = $1 AND tablename <> 'migration'`,
    [schema],
  );
  await pool.query(`CREATE SCHEMA ${saved}`);
  for (const { name } of tables) {
    const { rowCount } = await pool.query(`SELECT FROM ${schema}.${name} LIMIT 1`);
    if (rowCount === 1) await pool.query(`CREATE TABLE ${saved}.${name} AS TABLE ${schema}.${name}`);
  }
  await pool.query(
    `CREATE TABLE ${saved}.identity_saved AS SELECT format('%I.%I', schemaname, sequencename) AS sequence, last_value
     FROM pg_sequences WHERE schemaname = '${schema}'`,
  );
};

/** @returns what brings the rows back, a few milliseconds each time. Identities go on from where they were. */
export const savedStore = async (store: Store): Promise<() => Promise<void>> => {
  const { pool, schema } = store;
  const saved = savedIn(store);
  const { rows: filled } = await pool.query<{ name: string; columns: string }>(
    `SELECT format('%I', table_name) AS name, string_agg(format('%I', column_name), ', ') AS columns
     FROM information_schema.columns WHERE table_schema = $1 AND table_name <> 'identity_saved' GROUP BY table_name`,
    [saved],
  );
  return async () => {
    await emptyStore(store);
    await pool.query(
      [
        'SET LOCAL session_replication_role = replica',
        ...filled.map(
          ({ name, columns }) =>
            `INSERT INTO ${schema}.${name} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM ${saved}.${name}`,
        ),
      ].join('; '),
    );
    await pool.query(
      `SELECT setval(sequence::regclass, coalesce(last_value, 1), last_value IS NOT NULL) FROM ${saved}.identity_saved`,
    );
  };
};
