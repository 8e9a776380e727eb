import { z } from 'zod';
import { needs } from '../access.ts';
import { acts, found, reads, readsOne } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { deadLetterDetail, listDeadLetters } from '../queries/dead-letters.ts';
import { recorderOf } from '../trail.ts';
import { Done, NoBody } from '../wire/action.ts';
import { DeadLetterBrief, DeadLetterDetail } from '../wire/dead-letter.ts';

const params = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });

export const deadLetterRoutes = (api: Api, { store, actions }: ApiContext): void => {
  api.get(
    '/api/v1/dead-letters',
    {
      schema: {
        summary: 'Messages that were put aside, newest first',
        querystring: z.strictObject({
          consumer: z.string().max(100).optional(),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
        response: reads(z.array(DeadLetterBrief)),
      },
    },
    ({ query }) => listDeadLetters(store.db, query),
  );
  api.get(
    '/api/v1/dead-letters/:id',
    {
      schema: { summary: 'One of them, with headers and body', params, response: readsOne(DeadLetterDetail) },
    },
    async ({ params: { id } }) =>
      found(await deadLetterDetail(store.db, id), `dead letter ${id}`, '`flibs dead-letters` lists them'),
  );
  api.post(
    '/api/v1/dead-letters/:id/retry',
    {
      config: needs('admin'),
      schema: { summary: 'Hand it to its consumer once more', params, body: NoBody, response: acts(Done) },
    },
    (request) => actions(recorderOf(request)).retryDeadLetter(request.params.id),
  );
};
