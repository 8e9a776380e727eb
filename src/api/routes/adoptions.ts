import { z } from 'zod';
import { needs } from '../access.ts';
import { acts, reads } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { adoptionsFrom } from '../queries/adoptions.ts';
import { recorderOf } from '../trail.ts';
import { AdoptionOutcome, AdoptionRequest } from '../wire/adoption.ts';

const RowId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

export const adoptionRoutes = (api: Api, { store, actions }: ApiContext): void => {
  api.post(
    '/api/v1/adoptions',
    {
      config: needs('rebuilds', 'pullspecs'),
      schema: {
        summary: 'Take in images that flibs did not build; they are read one by one',
        body: AdoptionRequest,
        response: acts(z.object({ ids: z.array(z.number().int()).describe('Of the adoptions, in order.') })),
      },
    },
    async (request) => ({ ids: [...(await actions(recorderOf(request)).adopt(request.body))] }),
  );
  api.get(
    '/api/v1/adoptions',
    {
      schema: {
        summary: 'What became of adoptions',
        querystring: z.strictObject({ first: RowId, last: RowId }),
        response: reads(z.array(AdoptionOutcome)),
      },
    },
    ({ query }) => adoptionsFrom(store.db, query),
  );
};
