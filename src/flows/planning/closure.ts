/** Which images a plan is about: what is in question, everything upon it, and what that is built from. */
import { sql } from 'kysely';
import { ImageDefinition } from '../../../schemas/files/image.ts';
import { ImageName } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';

type Read = Pick<Flow, 'tx'>;

/** A definition by its key. What it says never changes, even if another comes into force meanwhile. */
export interface Defined {
  readonly name: ImageName;
  readonly fromRevision: number;
}

/** The roots, everything that follows them, and their image parents; by name. */
export const closure = async (read: Read, roots: readonly string[]): Promise<readonly Defined[]> => {
  if (roots.length === 0) return [];
  // `offset 0` keeps each step a look-up by name. Nobody can tell beforehand how far a recursion goes, and where it is
  // thought to go far, every definition of the fleet would be read.
  const { rows } = await sql<{ name: string; from_revision: number }>`
    with recursive below(name) as (
      select unnest(${[...new Set(roots)]}::text[])
      union
      select child.image from below cross join lateral (
        select image_parent.image from image_parent
        join image on image.name = image_parent.image and image.from_revision = image_parent.from_revision
        where image_parent.parent = below.name and image.to_revision is null
          and (image_parent.edge = 'layer' or image.definition @> '{"followsBuildParents": true}')
        offset 0
      ) child
    ), wanted as (
      select name from below
      union
      select up.parent from below cross join lateral (
        select image_parent.parent from image
        join image_parent on image_parent.image = image.name and image_parent.from_revision = image.from_revision
        where image.name = below.name and image.to_revision is null
        offset 0
      ) up
    )
    select wanted.name, found.from_revision from wanted cross join lateral (
      select from_revision from image where image.name = wanted.name and image.to_revision is null offset 0
    ) found
    order by wanted.name`.execute(read.tx);
  return inSlices(
    eachOf(rows, (row) => ({ name: ImageName.parse(row.name), fromRevision: row.from_revision })),
  );
};

/** In their order. */
export const definitionsOf = async (
  { tx }: Read,
  defined: readonly Defined[],
): Promise<readonly ImageDefinition[]> => {
  const { rows } = await sql<{ definition: unknown }>`
    select image.definition
    from unnest(${defined.map(({ name }) => name)}::text[], ${defined.map(({ fromRevision }) => fromRevision)}::bigint[])
      with ordinality as wanted(name, from_revision, place)
    join image on image.name = wanted.name and image.from_revision = wanted.from_revision
    order by wanted.place`.execute(tx);
  return inSlices(eachOf(rows, (row) => ImageDefinition.parse(row.definition)));
};
