/** What led to a rebuild: the nominations it collected, and their messages. */
import type { Kysely } from 'kysely';
import type { Database } from '../../store/database.ts';
import type { Cause } from '../wire/rebuild.ts';
import { iso } from './time.ts';

const mostTargets = 50;
const mostNominations = 100;

/** The nominations of a rebuild, oldest first; at most 100. */
export const causesOf = async (db: Kysely<Database>, rebuild: number): Promise<Cause[]> => {
  const nominations = await db
    .selectFrom('nomination')
    .selectAll()
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('nomination_target')
        .select('nomination_target.nomination')
        .where('rebuild', '=', rebuild),
    )
    .orderBy('id')
    .limit(mostNominations)
    .execute();
  if (nominations.length === 0) return [];
  const targets = await db
    .selectFrom('nomination_target')
    .select(['nomination', 'target'])
    .where('rebuild', '=', rebuild)
    .where(
      'nomination',
      'in',
      nominations.map((nomination) => nomination.id),
    )
    .orderBy('target')
    .execute();
  const targetsOf = (id: number): string[] => [
    ...new Set(targets.filter(({ nomination }) => nomination === id).map(({ target }) => target)),
  ];
  return nominations.map((row) => ({
    nomination: row.id,
    kind: row.kind,
    reference: row.reference,
    severity: row.severity,
    topic: row.topic,
    messageId: row.message_id,
    causation: row.causation,
    targets: targetsOf(row.id).slice(0, mostTargets),
    at: iso(row.at),
  }));
};
