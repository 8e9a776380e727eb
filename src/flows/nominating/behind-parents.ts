/** Images whose baseline stands on another manifest than their parent's baseline has: a rebuild would bring what that has. */
import { sql } from 'kysely';
import { ImageName } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';

/** Those among the given ones, sorted. */
export const behindParents = async (
  { tx }: Pick<Flow, 'tx'>,
  images: readonly string[],
): Promise<readonly ImageName[]> => {
  if (images.length === 0) return [];
  const { rows } = await sql<{ name: string }>`
    select distinct image.name from image
    join image_parent on image_parent.image = image.name and image_parent.from_revision = image.from_revision
      and image_parent.edge = 'layer'
    join current on current.image = image.name
    join manifest on manifest.digest = current.manifest
    join current below on below.image = image_parent.parent and below.arch = current.arch
    where image.name = any(${[...images]}::text[]) and image.to_revision is null
      and manifest.parent_digest <> below.manifest
    order by image.name`.execute(tx);
  return rows.map(({ name }) => ImageName.parse(name));
};
