/** Images that have something from an older build of what they stand on, whatever the present build has. */
import { type RawBuilder, sql } from 'kysely';
import type { Flow } from '../../runtime/consumer.ts';
import { noneIn } from '../contents/none-in.ts';

/**
 * Names of images of a distro release that hold anything built from these sources from a manifest that is current no
 * more. What stands on a current one of them follows it, and is not told of. An external base is current nowhere: who
 * stands on one is told of, too.
 */
export const imagesOnOlderBuilds = async (
  { tx }: Pick<Flow, 'tx'>,
  distroRelease: string,
  sources: readonly string[],
): Promise<readonly string[]> => {
  if (sources.length === 0) return [];
  const isNotCurrent = (manifest: RawBuilder<unknown>) =>
    noneIn(sql`current where current.manifest = ${manifest}`);
  const { rows } = await sql<{ image: string }>`
    with recursive held(manifest, rpm) as (
      select in_use.manifest, rpm.id
      from rpm
      join manifest_rpm on manifest_rpm.rpm = rpm.id and manifest_rpm.change = 'added'
      join in_use on in_use.manifest = manifest_rpm.manifest
      where rpm.source_name = any(${[...sources]}::text[])
        and ${isNotCurrent(sql`in_use.manifest`)}
      union
      select child.manifest, held.rpm
      from held join in_use child on child.parent = held.manifest
      where ${isNotCurrent(sql`held.manifest`)}
        and ${noneIn(sql`manifest_rpm said where said.manifest = child.manifest and said.rpm = held.rpm`)}
    )
    select distinct current.image
    from held
    join current on current.manifest = held.manifest
    join image on image.name = current.image and image.to_revision is null
    where image.distro_release = ${distroRelease}
    order by current.image`.execute(tx);
  return rows.map(({ image }) => image);
};
