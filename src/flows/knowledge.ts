/** What the readers of upstream messages know of this installation, from the store's current revision. */
import { sql, type Transaction } from 'kysely';
import { LoadedDistroRelease } from '../../schemas/files/distro-release.ts';
import type { Knowledge } from '../nominating/knowledge.ts';
import type { Database } from '../store/database.ts';

export const readKnowledge = async (tx: Transaction<Database>): Promise<Knowledge> => {
  const rows = await tx
    .selectFrom('distro_release')
    .select('definition')
    .where('to_revision', 'is', null)
    .orderBy('name')
    .execute();
  const parents = await sql<{ pullspec: string }>`
    select distinct parent ->> 'pullspec' as pullspec
    from image cross join lateral jsonb_array_elements(image.definition -> 'parents') as parent
    where image.to_revision is null and parent ->> 'kind' = 'external'`.execute(tx);
  const bases = new Set(parents.rows.map(({ pullspec }) => pullspec));
  return { bases, distroReleases: rows.map((row) => LoadedDistroRelease.parse(row.definition)) };
};
