/** What images have from external bases: neither added nor replaced by themselves. */
import { type RawBuilder, sql } from 'kysely';

/**
 * The rest of a query, from its `from` on, over the tables `rpm`, `current` and `image`. `offset 0` has both conditions
 * looked up row by row: as joins they would make the search for an order of joins dearer than all the rest.
 *
 * @param which - a condition on these
 */
export const fromBases = (which: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  from rpm
  join manifest_rpm on manifest_rpm.rpm = rpm.id and manifest_rpm.change = 'added'
  join manifest as base on base.digest = manifest_rpm.manifest and base.content_list is null
  join in_use as upon on upon.parent = base.digest
  join current on current.manifest = upon.manifest
  join image on image.name = current.image and image.to_revision is null
  where ${which}
    and exists (
      select from image_base
      where image_base.image = image.name and image_base.from_revision = image.from_revision
        and image_base.edge = 'layer'
      offset 0
    )
    and not exists (
      select from manifest_rpm as gone
      where gone.manifest = upon.manifest and gone.rpm = rpm.id and gone.change = 'removed'
      offset 0
    )`;
