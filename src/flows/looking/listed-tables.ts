/** What a look has staged, as tables of the transaction's own: keyed and analyzed, so that they are looked up in. */
import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../../store/database.ts';

/**
 * In the shared tables that are staged in nobody can tell how many rows are of one look: taken for few, each of them
 * was compared with each, and a second look at 60,000 packages took minutes.
 *
 * @param key - columns of the query that are unique
 */
export const listedTable = async (
  tx: Transaction<Database>,
  name: string,
  key: readonly string[],
  query: RawBuilder<unknown>,
): Promise<void> => {
  const table = sql.id('pg_temp', name);
  await sql`drop table if exists ${table}`.execute(tx);
  await sql`create temporary table ${sql.id(name)} on commit drop as ${query}`.execute(tx);
  await sql`create unique index on ${table} (${sql.join(key.map((column) => sql.id(column)))})`.execute(tx);
  await sql`analyze ${table}`.execute(tx);
};
