/** Many rows of one table, in few statements. */
import { type Insertable, type SelectType, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';

/** A row as it is read: moments as dates, json as values. What the table fills in by itself may be left out. */
export type NewRow<Table, Insert = Insertable<Table>> = {
  readonly [Column in keyof Insert]: Column extends keyof Table ? SelectType<Table[Column]> : never;
};

/** So many rows in a statement: neither this process nor the server's should be held by one for long. */
const chunk = 500;

/**
 * Inserts them in their order. All have the columns of the first; an id that is given must have been taken from the
 * table's own sequence ({@link takeIds}).
 */
export const insertRows = async <Name extends keyof Database>(
  tx: Transaction<Database>,
  table: Name,
  rows: readonly NewRow<Database[Name]>[],
): Promise<void> => {
  const [first] = rows;
  if (first === undefined) return;
  const columns = sql.join(Object.keys(first).map((column) => sql.ref(column)));
  for (let from = 0; from < rows.length; from += chunk) {
    const given = JSON.stringify(rows.slice(from, from + chunk));
    await sql`
      insert into ${sql.table(table)} (${columns}) overriding system value
      select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${given}::json)`.execute(tx);
  }
};

/** Ids for rows that are still to be inserted, ascending: rows that name each other can be written in any order. */
export const takeIds = async (
  tx: Transaction<Database>,
  table: 'build' | 'arch_build',
  count: number,
): Promise<readonly number[]> => {
  if (count === 0) return [];
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence(${table}, 'id')) as id from generate_series(1, ${count}::int)`.execute(
    tx,
  );
  return rows.map(({ id }) => id).sort((a, b) => a - b);
};
