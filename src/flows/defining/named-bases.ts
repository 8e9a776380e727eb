/** Which images in force name which external bases. */
import { sql, type Transaction } from 'kysely';
import type { Database } from '../../store/database.ts';

export interface NamedBase {
  readonly pullspec: string;
  readonly image: string;
  readonly distroRelease: string;
  readonly edge: 'layer' | 'build-only';
}

/** Of these pullspecs alone, where some are given; by pullspec, then image. */
export const namedBases = async (
  { tx }: { readonly tx: Transaction<Database> },
  among?: readonly string[],
): Promise<readonly NamedBase[]> =>
  tx
    .selectFrom('image_base')
    .innerJoin('image', (join) =>
      join
        .onRef('image.name', '=', 'image_base.image')
        .onRef('image.from_revision', '=', 'image_base.from_revision'),
    )
    .select(['image_base.pullspec', 'image_base.image', 'image.distro_release as distroRelease'])
    .select('image_base.edge')
    .where('image.to_revision', 'is', null)
    .$if(among !== undefined, (query) =>
      query.where('image_base.pullspec', '=', sql<string>`any(${[...(among ?? [])]}::text[])`),
    )
    .orderBy('image_base.pullspec')
    .orderBy('image_base.image')
    .orderBy('image_base.edge')
    .execute();

/** Their names, once each. */
export const pullspecsOf = (named: readonly NamedBase[]): readonly string[] => [
  ...new Set(named.map(({ pullspec }) => pullspec)),
];
