import { describeError } from '../../store/store-errors.ts';
import { reads } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { countDeadLetters } from '../queries/dead-letters.ts';
import { waitingThings, workers } from '../queries/waiting.ts';
import { Status } from '../wire/status.ts';

/** Answered without the store too: then is when it is asked for. */
const fromStore = async ({
  store,
  log,
}: ApiContext): Promise<Pick<Status, 'workers' | 'waiting' | 'deadLetters'>> => {
  try {
    return {
      workers: await workers(store.db),
      waiting: await waitingThings(store.db),
      deadLetters: await countDeadLetters(store.db),
    };
  } catch (error) {
    log.debug({ error: describeError(error) }, 'the store has no part in this status');
    return { workers: [], waiting: [], deadLetters: 0 };
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
      const stored = status.store.connected
        ? await fromStore(context)
        : { workers: [], waiting: [], deadLetters: 0 };
      return { ...status, ...stored };
    },
  );
};
