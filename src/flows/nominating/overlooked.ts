/** What no message told: newer offers, images of another source, and bases that moved, which no rebuild has looked at. */
import { sql } from 'kysely';
import { ImageName } from '../../../schemas/ids.ts';
import { newerOffers, type Pair } from '../../planning/newer-offers.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { pairOf, withAdvisories } from './advised-offers.ts';
import { lookedAtSince } from './looked-at.ts';
import { mayTake, streamOf, upgradable } from './upgradable.ts';

/**
 * Bounded by the pairs of a package and an offer of it, however many images hold it. Versions are compared here: the
 * store does not know rpm's order.
 */
export const overlookedOffers = async (flow: Flow): Promise<readonly Pair[]> => {
  const { rows } = await sql<Pair>`
    with installed as (
      select distinct held.distro_release, held.arch, rpm.name, rpm.arch as rpm_arch, rpm.epoch, rpm.version,
        rpm.release, rpm.source_name, ${streamOf('rpm.module')} as stream, held.policy
      from (${upgradable(sql`true`)}) as held join rpm on rpm.id = held.rpm
    )
    select distinct ${pairOf('installed')}
    from installed
    join offer on offer.distro_release = installed.distro_release and offer.source_name = installed.source_name
      and offer.arch = installed.arch and offer.name = installed.name and offer.rpm_arch = installed.rpm_arch
      and ${streamOf('offer.module')} = installed.stream
      and (offer.epoch, offer.version, offer.release)
        <> (installed.epoch, installed.version, installed.release)
    ${withAdvisories}
    where ${mayTake('installed', sql.ref('advisory.severity'))} and not ${lookedAtSince(sql`offer.source_name, offer.module`, sql.ref('offer.distro_release'), sql.ref('offer.since'))}`.execute(
    flow.tx,
  );
  return newerOffers(rows);
};

/** Their newest build, whatever became of it, is of another source; or there is none. */
export const overlookedImages = async (
  flow: Flow,
): Promise<readonly { distroRelease: string; image: ImageName }[]> => {
  const { rows } = await sql<{ distroRelease: string; image: string }>`
    select image.distro_release as "distroRelease", image.name as image
    from image
    join definitions_revision on definitions_revision.id = image.from_revision
    left join lateral (
      select tree_id, version from build where build.image = image.name and not build.observed order by build.id desc limit 1
    ) as newest on true
    where image.to_revision is null
      and (newest.tree_id, newest.version)
        is distinct from (image.definition->>'treeId', image.definition->>'version')
      and not ${lookedAtSince(sql.ref('image.name'), sql.ref('image.distro_release'), sql.ref('definitions_revision.loaded_at'))}
    order by image.name`.execute(flow.tx);
  return inSlices(
    eachOf(rows, ({ distroRelease, image }) => ({ distroRelease, image: ImageName.parse(image) })),
  );
};

/** On some arch an image that is adopted, or whose rebuild never came about, was made on another manifest. */
export const overlookedBases = async (
  flow: Flow,
): Promise<readonly { distroRelease: string; pullspec: string }[]> => {
  const { rows } = await sql<{ distroRelease: string; pullspec: string }>`
    select distinct image.distro_release as "distroRelease", image_base.pullspec
    from image_base
    join image on image.name = image_base.image and image.from_revision = image_base.from_revision
      and image.to_revision is null
    join external_base on external_base.pullspec = image_base.pullspec
    join external_base_arch as now on now.pullspec = image_base.pullspec
    join current on current.image = image.name and current.arch = now.arch
    join manifest on manifest.digest = current.manifest and manifest.parent_digest <> now.manifest_digest
    where image_base.edge = 'layer' and not ${lookedAtSince(sql.ref('image_base.pullspec'), sql.ref('image.distro_release'), sql.ref('external_base.changed_at'))}`.execute(
    flow.tx,
  );
  return rows;
};
