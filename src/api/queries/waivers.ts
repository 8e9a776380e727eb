/** Waivers by what they are about, those in force unless all are asked for. */
import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import type { WaiverRow } from '../../flows/releasing/waivers-of.ts';
import { instantOf } from '../../gating/instant.ts';
import type { Database } from '../../store/database.ts';
import type { Waiver, WaiverFilter } from '../wire/waiver.ts';
import { isoOrNull } from './time.ts';

export interface WantedWaivers {
  /** What fits any of them; none at all: everything. */
  readonly filters: readonly WaiverFilter[];
  /** Also those that newer ones with the same key have replaced. */
  readonly includeObsolete: boolean;
}

type Builder = ExpressionBuilder<Database, 'waiver'>;

const columns = {
  subject_type: 'subject_type',
  subject_identifier: 'subject_identifier',
  testcase: 'test_case',
  product_version: 'product_version',
  username: 'username',
  proxied_by: 'proxied_by',
  scenario: 'scenario',
} as const;

const names = [
  'subject_type',
  'subject_identifier',
  'testcase',
  'product_version',
  'username',
  'proxied_by',
  'scenario',
] as const;

const fits = (eb: Builder, filter: WaiverFilter): Expression<SqlBool> =>
  eb.and([
    ...names.flatMap((name) => {
      const value = filter[name];
      return value === undefined ? [] : [eb(columns[name], '=', value)];
    }),
    ...(filter.since?.from === undefined ? [] : [eb('at', '>=', filter.since.from)]),
    ...(filter.since?.until === undefined ? [] : [eb('at', '<=', filter.since.until)]),
  ]);

/** As src/gating/waivers.ts has it: none with the same key is newer, and one that has expired was never made. */
const isInForce = sql<SqlBool>`(waiver.expires_at is null or waiver.expires_at > now()) and (
  select newer.id from waiver newer
  where newer.subject_identifier = waiver.subject_identifier and newer.id > waiver.id
    and newer.subject_type = waiver.subject_type and newer.test_case = waiver.test_case
    and newer.product_version = waiver.product_version
    and newer.scenario is not distinct from waiver.scenario
    and newer.arch is not distinct from waiver.arch
    and newer.result is not distinct from waiver.result
    and (newer.expires_at is null or newer.expires_at > now())
  order by newer.id limit 1
) is null`;

const wanted = (db: Kysely<Database>, { filters, includeObsolete }: WantedWaivers) =>
  db
    .selectFrom('waiver')
    .$if(filters.length > 0, (query) => query.where((eb) => eb.or(filters.map((filter) => fits(eb, filter)))))
    .$if(!includeObsolete, (query) => query.where(isInForce));

/** The newest first. */
export const listWaivers = async (
  db: Kysely<Database>,
  which: WantedWaivers,
  { limit, offset = 0 }: { readonly limit: number; readonly offset?: number },
): Promise<Waiver[]> => {
  const rows = await wanted(db, which)
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map(waiverJson);
};

export const countWaivers = async (db: Kysely<Database>, which: WantedWaivers): Promise<number> => {
  const { count } = await wanted(db, which)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
};

export const oneWaiver = async (db: Kysely<Database>, id: number): Promise<Waiver | undefined> => {
  const row = await db.selectFrom('waiver').selectAll().where('id', '=', id).executeTakeFirst();
  return row && waiverJson(row);
};

export const waiverJson = (row: WaiverRow): Waiver => ({
  id: row.id,
  subject_type: row.subject_type,
  subject_identifier: row.subject_identifier,
  subject: { type: row.subject_type, item: row.subject_identifier },
  testcase: row.test_case,
  product_version: row.product_version,
  waived: row.waived,
  comment: row.comment,
  username: row.username,
  proxied_by: row.proxied_by,
  scenario: row.scenario,
  timestamp: instantOf(row.at).slice(0, -1),
  arch: row.arch,
  expires: isoOrNull(row.expires_at),
  result_id: row.result,
});
