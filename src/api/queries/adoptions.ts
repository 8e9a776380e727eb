/** How far the taking in of images is. */
import type { Kysely } from 'kysely';
import type { Database } from '../../store/database.ts';
import type { AdoptionOutcome } from '../wire/adoption.ts';

/** In the order in which they were asked for. */
export const adoptionsFrom = (
  db: Kysely<Database>,
  { first, last }: { first: number; last: number },
): Promise<AdoptionOutcome[]> =>
  db
    .selectFrom('adoption')
    .select(['id', 'pullspec', 'state', 'nvr', 'told'])
    .where('id', '>=', first)
    .where('id', '<=', last)
    .orderBy('id')
    .limit(1000)
    .execute();
