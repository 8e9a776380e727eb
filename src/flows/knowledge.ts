/** What the readers of upstream messages know of this installation, from the store's current revision. */
import type { Transaction } from 'kysely';
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
  return { distroReleases: rows.map((row) => LoadedDistroRelease.parse(row.definition)) };
};
