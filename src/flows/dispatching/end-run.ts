/** The end of a run, whatever it was. */
import type { Selectable } from 'kysely';
import type { RunState } from '../../lifecycle/states.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { RunTable } from '../../store/build-tables.ts';
import { recordTransition } from '../move.ts';
import { dropLogTimer } from './logs.ts';

export type Run = Selectable<RunTable>;

/** Ends a run's row; the caller says what becomes of its work. */
export const endRun = async (
  flow: Flow,
  run: Run,
  state: RunState,
  outcome: string,
  log?: string,
): Promise<void> => {
  const kept = await recordTransition(flow, {
    kind: 'run',
    id: 0,
    subject: run.id,
    from: run.state,
    to: state,
    reason: outcome,
  });
  if (!kept) return;
  await flow.tx
    .updateTable('run')
    .set({ state, ended_at: flow.now, outcome, log: log ?? null })
    .where('id', '=', run.id)
    .execute();
  // A log that lies in the registry is kept here for an hour of reading on; one that does not, for a month.
  const hours = log === undefined ? 30 * 24 : 1;
  await flow.timer({
    kind: dropLogTimer,
    key: run.id,
    due: new Date(flow.now.getTime() + hours * 3_600_000),
  });
};
