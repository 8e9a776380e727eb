/** The whole content of a manifest: its parent's, less what each layer removes, plus what it adds. */
import { sql, type Transaction } from 'kysely';
import type { Rpm } from '../../schemas/content.ts';
import type { Database } from '../store/database.ts';

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

/** RPMs of a manifest, sorted by name; of the given sources only, where they are given. */
export const contentOf = async (
  tx: Transaction<Database>,
  manifest: string,
  sources?: readonly string[],
): Promise<Rpm[]> => {
  const filter = sources === undefined ? sql`true` : sql`rpm.source_name = any(${[...sources]}::text[])`;
  // The nearest layer that speaks of an RPM decides.
  const { rows } = await sql<RpmRow>`
    with recursive layers(digest, depth) as (
      select ${manifest}::text, 0
      union all
      select manifest.parent_digest, layers.depth + 1
      from layers join manifest on manifest.digest = layers.digest
      where manifest.parent_digest is not null
    ), said as (
      select distinct on (manifest_rpm.rpm) manifest_rpm.rpm, manifest_rpm.change
      from layers join manifest_rpm on manifest_rpm.manifest = layers.digest
      join rpm on rpm.id = manifest_rpm.rpm
      where ${filter}
      order by manifest_rpm.rpm, layers.depth
    )
    select rpm.name, rpm.epoch, rpm.version, rpm.release, rpm.arch, rpm.source_name, rpm.source_evr, rpm.module
    from said join rpm on rpm.id = said.rpm
    where said.change = 'added'
    order by rpm.name, rpm.arch, rpm.id`.execute(tx);
  return rows.map(rpmOfRow);
};
