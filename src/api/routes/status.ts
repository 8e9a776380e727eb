import { describeError } from '../../store/store-errors.ts';
import { reads } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { countDeadLetters } from '../queries/dead-letters.ts';
import { pausedThings } from '../queries/paused.ts';
import { otherProcesses } from '../queries/processes.ts';
import { waitingThings, workers } from '../queries/waiting.ts';
import { Status } from '../wire/status.ts';

type Stored = Pick<Status, 'processes' | 'workers' | 'waiting' | 'paused' | 'deadLetters'>;

const nothing: Stored = { processes: [], workers: [], waiting: [], paused: [], deadLetters: null };

/** Answered without the store too: then is when it is asked for. */
const fromStore = async ({ store: { db }, process, workerLease, log }: ApiContext): Promise<Stored> => {
  try {
    return {
      processes: await otherProcesses(db, process),
      workers: await workers(db, workerLease),
      waiting: await waitingThings(db),
      paused: await pausedThings(db),
      deadLetters: await countDeadLetters(db),
    };
  } catch (error) {
    log.debug({ error: describeError(error) }, 'the store has no part in this status');
    return nothing;
  }
};

export const statusRoutes = (api: Api, context: ApiContext): void => {
  api.get(
    '/api/v1/status',
    {
      schema: { summary: 'Consumers, bus, store, workers, and what waits for what', response: reads(Status) },
    },
    async () => {
      const status = context.status();
      return { ...status, ...(status.store.connected ? await fromStore(context) : nothing) };
    },
  );
};
