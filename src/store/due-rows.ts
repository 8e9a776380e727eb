/** What has fallen due, by whom it concerns. */
import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';

export interface Due {
  /** Of jobs that may be taken, sorted. */
  readonly jobs: readonly string[];
  /** Consumers that have put a message off until now, sorted. */
  readonly deferred: readonly string[];
}

/** @param aheadMs - how far the caller's time is ahead of the store's clock */
export const readDue = async (db: Kysely<Database>, aheadMs = 0): Promise<Due> => {
  const { rows } = await sql<Due>`
    with at as (select now() + make_interval(secs => ${aheadMs / 1000}) as due)
    select
      array(
        select kind from job, at where state = 'waiting' and job.due <= at.due
        union select kind from job, at where state = 'running' and lease_until < at.due
        order by kind
      ) as jobs,
      array(select distinct consumer from deferred, at where deferred.due <= at.due order by consumer) as deferred`.execute(
    db,
  );
  return rows[0] ?? { jobs: [], deferred: [] };
};
