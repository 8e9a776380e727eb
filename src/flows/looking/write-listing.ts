/** Makes what the store knows of a repository what it lists now, from the rows that a look has staged. */
import { sql } from 'kysely';
import type { Flow } from '../../runtime/consumer.ts';
import { listedTable } from './listed-tables.ts';
import { forgetStaged, type Staged } from './stage-listing.ts';

export interface ListedPlace {
  readonly distroRelease: string;
  readonly repository: string;
  readonly arch: string;
  /** As it was staged under. */
  readonly place: string;
}

/** What has become new by it. */
export interface News {
  /** Names of source packages. */
  readonly sources: readonly string[];
  /** `name:stream:version:context`. */
  readonly modules: readonly string[];
  /** Names of source packages that were on offer before, of which an advisory says something else now. */
  readonly readvised: readonly string[];
  /** Whether anything is listed no more. */
  readonly less: boolean;
}

/** In the caller's transaction: what was listed before is in force until it commits. */
export const writeListing = async (
  flow: Pick<Flow, 'tx'>,
  at: ListedPlace,
  staged: Staged,
  since: Date,
): Promise<News> => {
  const modules = await writeModules(flow, at, staged, since);
  await writeDefaults(flow, at, staged);
  const { sources, less } = await writeOffers(flow, at, staged, since);
  const readvised = await writeAdvisories(flow, at, staged, since);
  await forgetStaged(flow.tx, at.place);
  return { sources, modules, readvised, less };
};

const nevra = ['name', 'epoch', 'version', 'release', 'rpm_arch'];
const columns = (names: readonly string[]) => sql.join(names.map((name) => sql.id(name)));

const here = ({ distroRelease, repository, arch }: ListedPlace) =>
  sql`distro_release = ${distroRelease} and repository = ${repository} and arch = ${arch}`;

const hereAsRow = ({ distroRelease, repository, arch }: ListedPlace) =>
  sql`${distroRelease}, ${repository}, ${arch}`;

/** Packages that a module lists are that module's and no others; the same one may be part of several builds of it. */
const writeOffers = async (
  flow: Pick<Flow, 'tx'>,
  at: ListedPlace,
  staged: Staged,
  since: Date,
): Promise<Pick<News, 'sources' | 'less'>> => {
  const { tx } = flow;
  const ours = sql`place = ${at.place} and look = ${staged.look}::uuid`;
  await listedTable(
    tx,
    'listed_module_rpm',
    [...nevra, 'module'],
    sql`select distinct ${columns(nevra)}, module from staged_module_rpm where ${ours}`,
  );
  await listedTable(
    tx,
    'listed_rpm',
    [...nevra, 'module'],
    sql`
      select distinct on (${columns(nevra)}, coalesce(module, ''))
        ${columns(nevra)}, source_name, source_evr, coalesce(module, '') as module
      from (select * from staged_rpm where ${ours}) as rpm left join listed_module_rpm using (${columns(nevra)})`,
  );
  const gone = await sql`
    delete from offer where ${here(at)} and not exists (
      select from listed_rpm as listed
      where (listed.name, listed.epoch, listed.version, listed.release, listed.rpm_arch, listed.module)
        = (offer.name, offer.epoch, offer.version, offer.release, offer.rpm_arch, offer.module))`.execute(tx);
  const { rows } = await sql<{ source_name: string }>`
    with fresh as (
      insert into offer (distro_release, repository, arch, name, epoch, version, release, rpm_arch, source_name, source_evr,
        module, since)
      select ${hereAsRow(at)}, name, epoch, version, release, rpm_arch, source_name, source_evr, module, ${since}
      from listed_rpm
      on conflict do nothing returning source_name
    ) select distinct source_name from fresh order by source_name`.execute(tx);
  return { sources: rows.map((row) => row.source_name), less: (gone.numAffectedRows ?? 0n) > 0n };
};

/** @returns the labels that were not listed here before. */
const writeModules = async (
  flow: Pick<Flow, 'tx'>,
  at: ListedPlace,
  { modules }: Staged,
  since: Date,
): Promise<string[]> => {
  const labels = modules.map(({ label }) => label);
  await sql`delete from module_build where ${here(at)} and label <> all(${labels}::text[])`.execute(flow.tx);
  if (modules.length === 0) return [];
  const { rows } = await sql<{ label: string; fresh: boolean }>`
    insert into module_build (distro_release, repository, arch, label, module, profiles, since)
    select distinct on (label) ${hereAsRow(at)}, label, split_part(label, ':', 1) || ':' || split_part(label, ':', 2),
      profiles::jsonb, ${since}::timestamptz
    from unnest(${labels}::text[], ${modules.map(({ profiles }) => JSON.stringify(profiles))}::text[])
      as listed(label, profiles)
    on conflict (distro_release, repository, arch, label) do update set profiles = excluded.profiles
    returning label, since = ${since}::timestamptz as fresh`.execute(flow.tx);
  return rows.filter(({ fresh }) => fresh).map(({ label }) => label);
};

const writeDefaults = async (
  flow: Pick<Flow, 'tx'>,
  at: ListedPlace,
  { defaults }: Staged,
): Promise<void> => {
  await sql`
    delete from module_default where ${here(at)}
      and module <> all(${defaults.map(({ module }) => module)}::text[])`.execute(flow.tx);
  if (defaults.length === 0) return;
  await sql`
    insert into module_default (distro_release, repository, arch, module, stream, profiles)
    select distinct on (module) ${hereAsRow(at)}, module, stream, profiles::jsonb
    from unnest(${defaults.map(({ module }) => module)}::text[], ${defaults.map(({ stream }) => stream ?? null)}::text[],
      ${defaults.map(({ profiles }) => JSON.stringify(profiles))}::text[]) as listed(module, stream, profiles)
    on conflict (distro_release, repository, arch, module)
      do update set stream = excluded.stream, profiles = excluded.profiles`.execute(flow.tx);
};

/** Advisories that are withdrawn go, those that changed are as they are now. @returns as `readvised` of the news. */
const writeAdvisories = async (
  flow: Pick<Flow, 'tx'>,
  at: ListedPlace,
  staged: Staged,
  since: Date,
): Promise<readonly string[]> => {
  const { tx } = flow;
  const ours = sql`place = ${at.place} and look = ${staged.look}::uuid`;
  await listedTable(
    tx,
    'listed_advisory',
    ['id'],
    sql`select distinct on (id) id, type, severity, issued_at from staged_advisory where ${ours}`,
  );
  await listedTable(
    tx,
    'listed_advisory_rpm',
    [...nevra, 'advisory'],
    sql`select distinct ${columns(nevra)}, advisory from staged_advisory_rpm where ${ours}`,
  );
  await sql`
    delete from advisory where ${here(at)} and not exists (
      select from listed_advisory as listed where listed.id = advisory.id)`.execute(tx);
  await sql`
    delete from advisory_rpm where ${here(at)} and not exists (
      select from listed_advisory_rpm as listed
      where (listed.name, listed.epoch, listed.version, listed.release, listed.rpm_arch, listed.advisory)
        = (advisory_rpm.name, advisory_rpm.epoch, advisory_rpm.version, advisory_rpm.release, advisory_rpm.rpm_arch,
          advisory_rpm.advisory))`.execute(tx);
  if (!staged.hasAdvisories) return [];
  await sql`
    update advisory_rpm set said_at = ${since}
    from advisory join listed_advisory as listed using (id)
    where advisory.id = advisory_rpm.advisory and (advisory.distro_release, advisory.repository, advisory.arch)
        = (advisory_rpm.distro_release, advisory_rpm.repository, advisory_rpm.arch)
      and (advisory_rpm.distro_release, advisory_rpm.repository, advisory_rpm.arch) = (${hereAsRow(at)})
      and (advisory.type, advisory.severity) is distinct from (listed.type, listed.severity)`.execute(tx);
  await sql`
    insert into advisory (distro_release, repository, arch, id, type, severity, issued_at)
    select ${hereAsRow(at)}, id, type, severity, issued_at from listed_advisory
    on conflict (distro_release, repository, arch, id) do update
      set type = excluded.type, severity = excluded.severity, issued_at = excluded.issued_at
      where (advisory.type, advisory.severity, advisory.issued_at)
        is distinct from (excluded.type, excluded.severity, excluded.issued_at)`.execute(tx);
  await sql`
    insert into advisory_rpm (distro_release, repository, arch, name, epoch, version, release, rpm_arch, advisory, said_at)
    select ${hereAsRow(at)}, name, epoch, version, release, rpm_arch, advisory, ${since} from listed_advisory_rpm
    on conflict do nothing`.execute(tx);
  const { rows } = await sql<{ source_name: string }>`
    select distinct offer.source_name
    from advisory_rpm
    join offer using (distro_release, repository, arch, name, epoch, version, release, rpm_arch)
    where (distro_release, repository, arch) = (${hereAsRow(at)})
      and advisory_rpm.said_at = ${since} and offer.since < ${since}
    order by 1`.execute(tx);
  return rows.map((row) => row.source_name);
};
