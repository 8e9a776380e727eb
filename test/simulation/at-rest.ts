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
