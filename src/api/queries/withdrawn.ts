/** Images that hold packages of withdrawn builds, by what is in them now. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../store/database.ts';
import { buildOf, holding } from '../../store/withdrawn-builds.ts';
import type { Waiting } from '../wire/status.ts';
import { iso } from './time.ts';

interface Row {
  readonly image: string;
  readonly arches: string[];
  readonly packages: string[];
  readonly build: string;
  readonly reference: string;
  readonly at: Date;
}

/** Where repositories list it all the same, it counts as not withdrawn. At most so many. */
export const withdrawnContents = async (db: Kysely<Database>, most: number): Promise<Waiting[]> => {
  const { rows } = await sql<Row>`
    with recursive gone as (
      select rpm.id, rpm.name, rpm.arch, rpm.source_evr, withdrawal.*
      from withdrawal
      join rpm on rpm.source_name = withdrawal.source
        and ${buildOf('rpm.source_evr')} = withdrawal.version || '-' || withdrawal.release
    ), ${holding}
    select current.image, array_agg(distinct current.arch order by current.arch) as arches,
      array_agg(distinct gone.name order by gone.name) as packages,
      concat_ws('-', gone.source, gone.version, gone.release) as build, gone.reference, gone.at
    from holding
    join gone on gone.id = holding.rpm
    join current on current.manifest = holding.manifest
    join image on image.name = current.image and image.to_revision is null
      and image.distro_release = gone.distro_release
    where not exists (
      select from offer
      where offer.distro_release = gone.distro_release and offer.arch = current.arch
        and offer.source_name = gone.source and offer.source_evr = gone.source_evr and offer.name = gone.name
    )
    group by current.image, build, gone.reference, gone.at
    order by current.image, build
    limit ${most}`.execute(db);
  return rows.map(({ image, arches, packages, build, reference, at }) => ({
    what: `image ${image} (${arches.join(', ')})`,
    reason: `holds ${packages.join(', ')} of ${build}, which was withdrawn (${reference})`,
    since: iso(at),
  }));
};
