/** What people have paused: who, why and until when. */
import type { Kysely } from 'kysely';
import type { Database } from '../../store/database.ts';
import type { Paused } from '../wire/status.ts';
import { iso } from './time.ts';

/** What concerns most first. */
export const pausedThings = async (db: Kysely<Database>): Promise<Paused[]> => {
  const rows = await db.selectFrom('pause').selectAll().where('ended_at', 'is', null).orderBy('id').execute();
  const told = rows.map(({ scope, image, paused_by: by, reason, paused_at, until }) => ({
    scope,
    what: scope === 'automatic' ? 'automatic rebuilds' : (image ?? scope),
    by,
    reason,
    since: iso(paused_at),
    until: until === null ? null : iso(until),
  }));
  return (['everything', 'automatic', 'image'] as const).flatMap((wanted) =>
    told.filter(({ scope }) => scope === wanted).map(({ scope: _, ...paused }) => paused),
  );
};
