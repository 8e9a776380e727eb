/** What the readers of upstream messages know of this installation, from the store's current revision. */
import type { Transaction } from 'kysely';
import type { Knowledge } from '../../nominating/knowledge.ts';
import type { Database } from '../../store/database.ts';
import { distroReleasesInForce } from './in-force.ts';
import { namedBases, pullspecsOf } from './named-bases.ts';

export const readKnowledge = async (tx: Transaction<Database>): Promise<Knowledge> => {
  const bases = new Set(pullspecsOf(await namedBases({ tx })));
  return { bases, distroReleases: await distroReleasesInForce({ tx }) };
};
