/** Whether anything is left that ought to go on: what time alone would bring about. */
import { sql } from 'kysely';
import type { Store } from '../../src/store/connect.ts';

/** False while an arch build, a smoke test or a run goes on, or a rebuild collects: heartbeats or looks will help them. */
export const isAtRest = async ({ db }: Store): Promise<boolean> => {
  const { rows } = await sql<{ busy: boolean }>`
    select exists (select from arch_build where state in ('ready', 'requested', 'running'))
      or exists (select from smoke_test where state in ('queued', 'requested', 'running'))
      or exists (select from rebuild where state = 'collecting') as busy`.execute(db);
  return rows[0]?.busy === false;
};

/** What keeps it from rest, for the error of a simulation that never comes there. */
export const whatGoesOn = async ({ db }: Store): Promise<string> => {
  const { rows } = await sql<{ what: string }>`
    select format('%s on %s: %s, %s', image, arch, state, coalesce(waiting, 'waits for nothing')) as what
    from arch_build where state in ('ready', 'requested', 'running')
    union all select format('smoke test of %s on %s: %s', build, arch, state)
    from smoke_test where state in ('queued', 'requested', 'running')
    union all select format('rebuild %s collects until %s: %s', id, close_at, coalesce(waiting, 'waits for nothing'))
    from rebuild where state = 'collecting'
    union all select format('worker %s announced at %s: %s', name, announced_at, to_jsonb(worker) - 'name') from worker
    union all select format('run of %s: %s, %s', worker, state, to_jsonb(run) - 'worker') from run where state in ('requested', 'running')`.execute(
    db,
  );
  return rows.map(({ what }) => what).join('\n');
};
