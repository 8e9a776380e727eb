/** What a decision is made of, from the store: work grows with what is known of the subjects, nothing else. */
import { type Kysely, sql } from 'kysely';
import type { ImageDefinition } from '../../../schemas/files/image.ts';
import type { Arch } from '../../../schemas/ids.ts';
import { Instant } from '../../../schemas/instant.ts';
import type { WaiverRow } from '../../flows/releasing/waivers-of.ts';
import type { Result } from '../../gating/decision.ts';
import type { Database } from '../../store/database.ts';

/** A build of ours, with all that decisions about it go by. */
export interface KnownBuild {
  readonly id: number;
  readonly nvr: string;
  readonly index_digest: string | null;
  readonly created_at: Date;
  readonly gating: ImageDefinition['gating'];
  /** Undefined where its distro release is configured no more. */
  readonly product_version: string | null;
  /** Of its index, once there is one. */
  readonly entries: readonly { readonly arch: Arch; readonly manifestDigest: string }[];
  /** That it is built for. */
  readonly arches: readonly Arch[];
}

/** By NVR or index digest; of several with the same index the newest. */
export const buildsNamed = async (
  db: Kysely<Database>,
  names: readonly string[],
): Promise<ReadonlyMap<string, KnownBuild>> => {
  if (names.length === 0) return new Map();
  const { rows } = await sql<KnownBuild>`
    select build.id, build.nvr, build.index_digest, build.created_at, build.definition -> 'gating' as gating,
      distro_release.definition ->> 'productVersion' as product_version,
      coalesce((
        select jsonb_agg(jsonb_build_object('arch', arch, 'manifestDigest', manifest_digest) order by arch)
        from index_entry where index_entry.build = build.id
      ), '[]') as entries,
      array(select arch from arch_build where arch_build.build = build.id order by arch) as arches
    from build
    left join distro_release on distro_release.name = build.distro_release and distro_release.to_revision is null
    where build.nvr = any(${names}::text[]) or build.index_digest = any(${names}::text[])
    order by build.id`.execute(db);
  return new Map(
    rows.flatMap((build) =>
      [build.nvr, build.index_digest ?? build.nvr].map((name) => [name, build] as const),
    ),
  );
};

interface ResultRow extends Pick<Result, 'id'> {
  readonly test_case: string;
  readonly outcome: string;
  readonly scenario: string | null;
  readonly arch: string | null;
  readonly variant: string | null;
  readonly run_key: string;
  readonly digest: string | null;
  readonly data: Record<string, string[]>;
  readonly part_of: number | null;
  readonly at: string;
}

/** Of builds of ours, and of what fits any of the queries. Ignoring a report ignores all arches that it is for. */
export const resultsOf = async (
  db: Kysely<Database>,
  builds: readonly number[],
  queries: readonly Readonly<Record<string, string>>[],
  ignored: readonly number[],
): Promise<readonly Result[]> => {
  const wanted = queries.map((query) =>
    JSON.stringify(Object.fromEntries(Object.entries(query).map(([key, value]) => [key, [value]]))),
  );
  const { rows } = await sql<ResultRow>`
    select distinct on (id) id, test_case, outcome, scenario, arch, variant, run_key, digest, data, part_of,
      to_char(coalesce(submitted_at, received_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
    from (
      select * from result where build = any(${builds}::bigint[])
      union all
      select fits.* from unnest(${wanted}::jsonb[]) as query
      cross join lateral (select * from result where part_of is null and data @> query) as fits
    ) as result
    order by id`.execute(db);
  return rows.filter(({ part_of }) => part_of === null || !ignored.includes(part_of)).map(resultOf);
};

const resultOf = (row: ResultRow): Result => {
  const { scenario, arch, variant, data } = row;
  return {
    id: row.id,
    testCase: row.test_case,
    outcome: row.outcome,
    scenario: scenario ?? data['scenario']?.[0],
    arch: arch ?? data['system_architecture']?.[0],
    variant: variant ?? data['system_variant']?.[0],
    run: row.run_key,
    order: row.id,
    at: Instant.parse(row.at),
    digest: row.digest ?? undefined,
    data,
    errorReason: data['error_reason']?.[0],
  };
};

/** Whatever became of them. */
export const waiversAbout = (db: Kysely<Database>, identifiers: readonly string[]): Promise<WaiverRow[]> =>
  db
    .selectFrom('waiver')
    .selectAll()
    .where('subject_identifier', '=', sql<string>`any(${identifiers}::text[])`)
    .orderBy('id')
    .execute();
