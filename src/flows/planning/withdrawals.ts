/** Withdrawn builds: which were named, and who holds their packages. */
import { sql } from 'kysely';
import { type Arch, ImageName } from '../../../schemas/ids.ts';
import type { Withdrawn } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { buildOf, holding, isListed, namedAgain } from '../../store/withdrawn-builds.ts';
import { rpmOfRow } from '../contents/content-of.ts';

type Read = Pick<Flow, 'tx'>;

/** A build of a source package that a message named as withdrawn. */
export interface Withdrawal {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly references: readonly string[];
  /** The newest that named it. */
  readonly nomination: number;
  /** A later nomination names it as available. */
  readonly taggedAgain: boolean;
}

/** Of the open targets that a rebuild has collected. */
export const withdrawalsIn = async ({ tx }: Read, rebuild: number): Promise<readonly Withdrawal[]> => {
  const { rows } = await sql<Withdrawal>`
    with named as (
      select target.distro_release, source ->> 'name' as name, source ->> 'version' as version,
        source ->> 'release' as release, max(nomination.id) as nomination,
        array_agg(distinct nomination.reference order by nomination.reference) as "references"
      from nomination_target target
      join nomination on nomination.id = target.nomination and nomination.kind = 'withdrawal'
      cross join lateral jsonb_array_elements(nomination.body -> 'sources') as source
      where target.rebuild = ${rebuild} and target.closed_at is null
        and target.target = concat_ws('-', source ->> 'name', source ->> 'version', source ->> 'release')
      group by 1, 2, 3, 4
    )
    select name, version, release, nomination, "references", ${namedAgain} as "taggedAgain"
    from named order by name, version, release`.execute(tx);
  return rows;
};

type Row = Parameters<typeof rpmOfRow>[0] & {
  readonly image: string;
  readonly image_arch: Arch;
  readonly own: boolean;
  /** Which of the withdrawals, from 1. */
  readonly which: number;
};

/** Every image of the distro release that holds a package of one of these, on each arch. */
export const withdrawnRpms = async (
  { tx }: Read,
  distroRelease: string,
  withdrawals: readonly Withdrawal[],
): Promise<readonly Withdrawn[]> => {
  if (withdrawals.length === 0) return [];
  const { rows } = await sql<Row>`
    with recursive gone as (
      select rpm.*, wanted.which
      from unnest(${withdrawals.map(({ name }) => name)}::text[],
        ${withdrawals.map(({ version, release }) => `${version}-${release}`)}::text[])
        with ordinality as wanted(name, build, which)
      join rpm on rpm.source_name = wanted.name and ${buildOf('rpm.source_evr')} = wanted.build
    ), ${holding}
    select current.image, current.arch as image_arch, holding.own, gone.*
    from holding
    join gone on gone.id = holding.rpm
    join current on current.manifest = holding.manifest
    join image on image.name = current.image and image.to_revision is null
    where image.distro_release = ${distroRelease}
    order by gone.id, current.image, current.arch`.execute(tx);
  const read = (row: Row): readonly Withdrawn[] => {
    const withdrawal = withdrawals[row.which - 1];
    if (withdrawal === undefined) return [];
    const { version, release, taggedAgain, references } = withdrawal;
    const at = { image: ImageName.parse(row.image), arch: row.image_arch, rpm: rpmOfRow(row) };
    return [{ ...at, own: row.own, build: { version, release }, taggedAgain, references }];
  };
  return (await inSlices(eachOf(rows, read))).flat();
};

export interface Vanished {
  readonly distroRelease: string;
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly reference: string;
}

/** Listed on some arch when it was looked at, and there no longer. Without a distro release: of all. */
export const noLongerListed = async ({ tx }: Read, distroRelease?: string): Promise<readonly Vanished[]> => {
  const { rows } = await sql<Vanished>`
    select named.distro_release as "distroRelease", named.name, named.version, named.release, named.reference
    from (select withdrawal.*, source as name from withdrawal) as named
    where cardinality(named.listed_arches) > 0
      ${distroRelease === undefined ? sql`` : sql`and named.distro_release = ${distroRelease}`}
      and exists (
        select from unnest(named.listed_arches) as listed(arch)
        where not exists (
          select from offer
          where offer.distro_release = named.distro_release and offer.arch = listed.arch
            and offer.source_name = named.name
            and ${buildOf('offer.source_evr')} = named.version || '-' || named.release
        )
      )
      and not exists (
        select from nomination_target told
        where told.distro_release = named.distro_release and told.closed_at is null
          and told.target = concat_ws('-', named.name, named.version, named.release)
      )
      and not ${namedAgain}
    order by 1, 2, 3, 4`.execute(tx);
  return rows;
};

/** Those of these builds, `name-version-release`, that repositories of a distro release list, on any arch. */
export const listedAmong = async (
  { tx }: Read,
  distroRelease: string,
  builds: readonly Pick<Withdrawal, 'name' | 'version' | 'release'>[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await sql<{ nvr: string }>`
    select concat_ws('-', named.name, named.version, named.release) as nvr
    from (
      select given.*, ${distroRelease} as distro_release
      from unnest(${builds.map(({ name }) => name)}::text[], ${builds.map(({ version }) => version)}::text[],
        ${builds.map(({ release }) => release)}::text[]) as given(name, version, release)
    ) as named
    where ${isListed}`.execute(tx);
  return new Set(rows.map(({ nvr }) => nvr));
};

/** What is kept in mind of a distro release and was not named as available since. */
export const withdrawnSoFar = async ({ tx }: Read, distroRelease: string): Promise<readonly Kept[]> => {
  const { rows } = await sql<Kept>`
    select named.name, named.version, named.release, named.reference
    from (select withdrawal.*, source as name from withdrawal) as named
    where named.distro_release = ${distroRelease} and not ${namedAgain}
    order by named.name, named.version, named.release`.execute(tx);
  return rows;
};

/** A withdrawn build that is kept in mind. */
export type Kept = Omit<Vanished, 'distroRelease'>;
