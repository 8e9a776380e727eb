/** When something falls due for which a simulation would have to wait. */
import { sql } from 'kysely';
import type { Environment } from '../../src/runtime/environment.ts';

/** What is set again and again: it never comes to rest, so a simulation does not wait for it. */
export interface Standing {
  readonly timers?: readonly string[];
  readonly jobs?: readonly string[];
}

/** Undefined where nothing is waited for. */
export const millisecondsUntilNext = async (
  { store, clock }: Environment,
  { timers = [], jobs = [] }: Standing = {},
): Promise<number | undefined> => {
  const { rows } = await sql<{ milliseconds: number | null }>`
    SELECT (extract(epoch FROM min(due) - now()) * 1000)::float8 AS milliseconds FROM (
      SELECT due FROM timer WHERE kind <> ALL (${timers}::text[])
      UNION ALL SELECT due FROM job WHERE state = 'waiting' AND kind <> ALL (${jobs}::text[])
      UNION ALL SELECT lease_until FROM job WHERE state = 'running'
      UNION ALL SELECT due FROM deferred WHERE reason = 'failed'
    ) AS all_due`.execute(store.db);
  const milliseconds = rows[0]?.milliseconds ?? null;
  return milliseconds === null ? undefined : milliseconds + 1 - (clock?.aheadMs ?? 0);
};

/** Whether any message was put off. */
export const hasDeferred = async ({ store }: Environment): Promise<boolean> =>
  (await store.db.selectFrom('deferred').select('id').limit(1).execute()).length > 0;
