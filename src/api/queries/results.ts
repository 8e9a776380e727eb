/** Results as ResultsDB tells them. Each question goes by an index: see sql/0030.sql. */
import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from '../../store/database.ts';
import type { Result } from '../wire/result.ts';
import type { ResultQuery } from '../wire/result-query.ts';

/** Where the API is reached, without a slash at its end. */
type Base = string;

interface Row {
  readonly id: number;
  readonly test_case: string;
  readonly test_case_url: string | null;
  readonly outcome: string;
  readonly submit_time: string;
  readonly note: string | null;
  readonly url: string | null;
  readonly groups: string[];
  readonly data: Record<string, string[]>;
}

const time = sql`coalesce(submitted_at, received_at)`;

/** Of those that `from` gives, as rows of the table. */
const told = (from: RawBuilder<unknown>, order: RawBuilder<unknown>) => sql<Row>`
  select result.id, result.test_case, test_case.ref_url as test_case_url, result.outcome,
    to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') as submit_time,
    result.note, result.url, result.groups, result.data
  from (${from}) as result left join test_case on test_case.name = result.test_case
  order by ${order}`;

const inTheWay = { asc: sql`${time}, result.id`, desc: sql`${time} desc, result.id desc` };

/** One more than a page holds where there are more. */
export const listResults = async (
  db: Kysely<Database>,
  query: ResultQuery,
  base: Base,
): Promise<{ readonly data: Result[]; readonly isMore: boolean }> => {
  const { limit, page } = query;
  const order = inTheWay[query.oldestFirst ? 'asc' : 'desc'];
  const some = sql`
    select * from result where ${conditions(query)}
    order by ${order} limit ${limit + 1} offset ${page * limit}`;
  const { rows } = await told(some, order).execute(db);
  return { data: rows.slice(0, limit).map((row) => resultOf(row, base)), isMore: rows.length > limit };
};

export const findResult = async (
  db: Kysely<Database>,
  id: number,
  base: Base,
): Promise<Result | undefined> => {
  const one = sql`select * from result where id = ${id} and part_of is null`;
  const { rows } = await told(one, inTheWay.desc).execute(db);
  return rows[0] && resultOf(rows[0], base);
};

/** In no order. */
export const resultsById = async (
  db: Kysely<Database>,
  ids: readonly number[],
  base: Base,
): Promise<Result[]> => {
  if (ids.length === 0) return [];
  const some = sql`select * from result where id = any(${ids}::bigint[])`;
  const { rows } = await told(some, inTheWay.desc).execute(db);
  return rows.map((row) => resultOf(row, base));
};

/**
 * Of each test case, and of each combination of values of the keys to tell apart, the newest run's latest state: as the
 * gate sees it, so neither a `RUNNING` that comes late nor an older run's submit time hides what is newer.
 */
export const latestResults = async (
  db: Kysely<Database>,
  query: ResultQuery,
  base: Base,
): Promise<Result[]> => {
  const kinds = query.distinctOn.map((key, n) => ({
    name: sql.ref(`kind_${n}`),
    value: sql`data -> ${key}::text`,
  }));
  const columns = sql.join([sql`*`, ...kinds.map(({ name, value }) => sql`${value} as ${name}`)]);
  const kind = sql.join([sql`test_case`, ...kinds.map(({ name }) => name)]);
  const stage = sql`case outcome when 'QUEUED' then 0 when 'RUNNING' then 1 else 2 end`;
  const ofRuns = sql`
    select distinct on (${kind}, run_key) *
    from (select ${columns} from result where ${conditions(query)}) as asked
    order by ${kind}, run_key, ${stage} desc, id desc`;
  const newest = sql`
    select distinct on (${kind}) * from (${ofRuns}) as of_runs order by ${kind}, id desc`;
  const { rows } = await told(newest, inTheWay.desc).execute(db);
  return rows.map((row) => resultOf(row, base));
};

export const isTestCase = async (db: Kysely<Database>, name: string): Promise<boolean> =>
  (await db.selectFrom('test_case').select('name').where('name', '=', name).executeTakeFirst()) !== undefined;

const conditions = (query: ResultQuery): RawBuilder<SqlBool> => {
  const { outcomes, groups, since, until, data } = query;
  const all = [
    sql<SqlBool>`part_of is null`,
    outcomes.length === 0 ? undefined : sql<SqlBool>`outcome = any(${outcomes}::text[])`,
    groups.length === 0 ? undefined : sql<SqlBool>`groups && ${groups}::text[]`,
    since === undefined ? undefined : sql<SqlBool>`${time} >= ${since}::timestamptz`,
    until === undefined ? undefined : sql<SqlBool>`${time} <= ${until}::timestamptz`,
    ofTestCases(query),
    ...data.map(ofData),
  ];
  return sql.join(
    all.filter((condition) => condition !== undefined),
    sql` and `,
  );
};

const ofTestCases = ({ testCases, testCasesLike }: ResultQuery): RawBuilder<SqlBool> | undefined => {
  if (testCases.length + testCasesLike.length === 0) return undefined;
  const patterns = testCasesLike.map(patternOf);
  // There are far fewer test cases than results.
  return sql<SqlBool>`test_case = any(array(
    select name from test_case where name = any(${testCases}::text[]) or name like any(${patterns}::text[])))`;
};

const ofData = ({ key, values, like }: ResultQuery['data'][number]): RawBuilder<SqlBool> => {
  if (like) {
    return sql<SqlBool>`exists (
      select from jsonb_array_elements_text(data -> ${key}::text) as value
      where value like any(${values.map(patternOf)}::text[]))`;
  }
  const any = values.map((value) => sql<SqlBool>`data @> ${JSON.stringify({ [key]: [value] })}::jsonb`);
  return sql<SqlBool>`(${sql.join(any, sql` or `)})`;
};

/** Only `*` stands for anything. */
const patternOf = (text: string): string =>
  text.replaceAll(/[\\%_]/g, (character) => `\\${character}`).replaceAll('*', '%');

const resultOf = (row: Row, base: Base): Result => ({
  id: row.id,
  href: `${base}/api/v2.0/results/${row.id}`,
  testcase: {
    name: row.test_case,
    href: `${base}/api/v2.0/testcases/${encodeURIComponent(row.test_case)}`,
    ref_url: row.test_case_url,
  },
  outcome: row.outcome,
  submit_time: row.submit_time,
  note: row.note,
  ref_url: row.url,
  groups: row.groups,
  data: row.data,
});
