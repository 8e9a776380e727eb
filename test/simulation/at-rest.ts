/** Whether anything is left that ought to go on: what time alone would bring about. */
import { sql } from 'kysely';
import type { Store } from '../../src/store/connect.ts';

/** Arch builds, smoke tests and collecting rebuilds, a line each: heartbeats or looks will help them. */
export const whatGoesOn = async ({ db }: Store): Promise<readonly string[]> => {
  const { rows } = await sql<{ what: string }>`
    select format('%s on %s: %s, %s', image, arch, state, coalesce(waiting, 'waits for nothing')) as what
    from arch_build where state in ('ready', 'requested', 'running')
    union all select format('smoke test of build %s on %s: %s', build, arch, state)
    from smoke_test where state in ('queued', 'requested', 'running')
    union all select format('rebuild %s collects until %s: %s', id, close_at, coalesce(waiting, 'waits for nothing'))
    from rebuild where state = 'collecting'`.execute(db);
  return rows.map(({ what }) => what);
};

export const isAtRest = async (store: Store): Promise<boolean> => (await whatGoesOn(store)).length === 0;
