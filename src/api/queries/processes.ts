/** Processes beside this one, as they last said that they live. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../store/database.ts';
import { goneAfter } from '../../store/process-rows.ts';
import type { OtherProcess } from '../wire/status.ts';
import { iso } from './time.ts';

/** @param own - the id of the process that asks */
export const otherProcesses = async (db: Kysely<Database>, own: string): Promise<OtherProcess[]> => {
  const rows = await db
    .selectFrom('process')
    .select(['host', 'pid', 'started_at', 'seen_at', 'consumers'])
    .select(sql<boolean>`seen_at < now() - make_interval(secs => ${goneAfter})`.as('gone'))
    .where('id', '<>', own)
    .where('seen_at', '>', sql<Date>`now() - interval '1 day'`)
    .orderBy('host')
    .orderBy('started_at')
    .execute();
  return rows.map(({ host, pid, started_at, seen_at, gone, consumers }) => ({
    host,
    pid,
    startedAt: iso(started_at),
    seenAt: iso(seen_at),
    gone,
    consumers: [...consumers],
  }));
};
