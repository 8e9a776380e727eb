/** The whole content of a manifest: its parent's, less what each layer removes, plus what it adds. */
import { sql, type Transaction } from 'kysely';
import type { Rpm } from '../../../schemas/content.ts';
import type { Database } from '../../store/database.ts';

interface RpmRow {
  readonly name: string;
  readonly epoch: number;
  readonly version: string;
  readonly release: string;
  readonly arch: string;
  readonly source_name: string;
  readonly source_evr: string;
  readonly module: string;
}

export const rpmOfRow = (row: RpmRow): Rpm => ({
  name: row.name,
  epoch: row.epoch,
  version: row.version,
  release: row.release,
  arch: row.arch,
  sourceName: row.source_name,
  sourceEvr: row.source_evr,
  ...(row.module === '' ? {} : { module: row.module }),
});

/** RPMs of a manifest, sorted by name. */
export const contentOf = async (
  tx: Transaction<Database>,
  manifest: string,
  sources?: readonly string[],
): Promise<Rpm[]> => (await contentsOf(tx, [manifest], sources)).get(manifest) ?? [];

/**
 * RPMs of each manifest, sorted by name; of the given sources only, where they are given. What holds none of them is
 * not in it.
 */
export const contentsOf = async (
  tx: Transaction<Database>,
  manifests: readonly string[],
  sources?: readonly string[],
): Promise<ReadonlyMap<string, Rpm[]>> => {
  const filter = sources === undefined ? sql`true` : sql`rpm.source_name = any(${[...sources]}::text[])`;
  // The nearest layer that speaks of an RPM decides.
  const { rows } = await sql<RpmRow & { manifest: string }>`
    with recursive layers(top, digest, depth) as (
      select digest, digest, 0 from unnest(${[...new Set(manifests)]}::text[]) as wanted(digest)
      union all
      select layers.top, manifest.parent_digest, layers.depth + 1
      from layers join manifest on manifest.digest = layers.digest
      where manifest.parent_digest is not null
    ), said as (
      select distinct on (layers.top, manifest_rpm.rpm) layers.top, manifest_rpm.rpm, manifest_rpm.change
      from layers join manifest_rpm on manifest_rpm.manifest = layers.digest
      join rpm on rpm.id = manifest_rpm.rpm
      where ${filter}
      order by layers.top, manifest_rpm.rpm, layers.depth
    )
    select said.top as manifest, rpm.name, rpm.epoch, rpm.version, rpm.release, rpm.arch, rpm.source_name,
      rpm.source_evr, rpm.module
    from said join rpm on rpm.id = said.rpm
    where said.change = 'added'
    order by said.top, rpm.name, rpm.arch, rpm.id`.execute(tx);
  const contents = new Map<string, Rpm[]>();
  for (const { manifest, ...row } of rows) {
    const known = contents.get(manifest);
    if (known) known.push(rpmOfRow(row));
    else contents.set(manifest, [rpmOfRow(row)]);
  }
  return contents;
};
