/** Many rows of one table, in few statements. */
import { setImmediate } from 'node:timers/promises';
import { type Insertable, type RawBuilder, type SelectType, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';

/** A row as it is read: moments as dates, json as values. What the table fills in by itself may be left out. */
export type NewRow<Table, Insert = Insertable<Table>> = {
  readonly [Column in keyof Insert]: Column extends keyof Table ? SelectType<Table[Column]> : never;
};

/** So many rows in a statement: neither this process nor the server's should be held by one for long. */
const chunk = 250;

/** So many are on their way at most: the server has something to do while the next are made, and no more is in memory. */
const mostOnTheirWay = 4 * chunk;

/** Some rows of one table, as a statement. */
interface Insert {
  readonly count: number;
  readonly statement: RawBuilder<unknown>;
}

/**
 * Rows in their order, as {@link insertAll} takes them. All have the columns of the first; an id that is given must have
 * been taken from the table's own sequence ({@link takeIds}). Rows that are made one by one are made when it is their turn.
 */
export function* rowsInto<Name extends keyof Database>(
  table: Name,
  rows: Iterable<NewRow<Database[Name]>>,
): Generator<Insert> {
  for (const some of chunksOf(rows)) {
    const columns = sql.join(Object.keys(some[0] ?? {}).map((column) => sql.ref(column)));
    const statement = sql`
      insert into ${sql.table(table)} (${columns}) overriding system value
      select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(some)}::json)`;
    yield { count: some.length, statement };
  }
}

function* chunksOf<Row>(rows: Iterable<Row>): Generator<readonly Row[]> {
  let some: Row[] = [];
  for (const row of rows) {
    some.push(row);
    if (some.length < chunk) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

/** Inserts all in the order given: what others refer to comes first. Where it is little, it is one round trip. */
export const insertAll = async (
  tx: Transaction<Database>,
  ...tables: readonly Iterable<Insert>[]
): Promise<void> => {
  const onTheirWay: { readonly count: number; readonly answered: Promise<unknown> }[] = [];
  let rows = 0;
  for (const inserts of tables) {
    for (const { count, statement } of inserts) {
      while (rows + count > mostOnTheirWay) {
        const first = onTheirWay.shift();
        await first?.answered;
        rows -= first?.count ?? rows;
      }
      const answered = statement.execute(tx);
      // Whichever fails first is told of; the others fail with it.
      answered.catch(() => undefined);
      onTheirWay.push({ count, answered });
      rows += count;
      // There may be many more: others have a turn.
      if (count === chunk) await setImmediate();
    }
  }
  for (const { answered } of onTheirWay) await answered;
};

/** The same for one table. */
export const insertRows = <Name extends keyof Database>(
  tx: Transaction<Database>,
  table: Name,
  rows: Iterable<NewRow<Database[Name]>>,
): Promise<void> => insertAll(tx, rowsInto(table, rows));

/** Ids for rows that are still to be inserted, ascending: rows that name each other can be written in any order. */
export const takeIds = async (
  tx: Transaction<Database>,
  table: 'build' | 'arch_build',
  count: number,
): Promise<readonly number[]> => {
  if (count === 0) return [];
  // As one text: of a large plan they are tens of thousands.
  const { rows } = await sql<{ ids: string }>`
    select string_agg(id::text, ' ') as ids
    from (select nextval(pg_get_serial_sequence(${table}, 'id')) as id from generate_series(1, ${count}::int)) as taken
  `.execute(tx);
  return (rows[0]?.ids ?? '')
    .split(' ')
    .map(Number)
    .sort((a, b) => a - b);
};
