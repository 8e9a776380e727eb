import { z } from 'zod';
import { needs } from '../access.ts';
import { acts, found, reads, readsOne } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { listRebuilds, rebuildDetail } from '../queries/rebuilds.ts';
import { transitionsSince } from '../queries/transitions.ts';
import { recorderOf } from '../trail.ts';
import { Done, NoBody } from '../wire/action.ts';
import { RebuildBrief, RebuildDetail } from '../wire/rebuild.ts';
import { TransitionPage } from '../wire/transition.ts';

const RowId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const params = z.object({ id: RowId });

const readingRoutes = (api: Api, { store }: ApiContext): void => {
  api.get(
    '/api/v1/rebuilds',
    {
      schema: {
        summary: 'The newest rebuilds, newest first',
        querystring: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
        response: reads(z.array(RebuildBrief)),
      },
    },
    ({ query }) => listRebuilds(store.db, query.limit),
  );
  api.get(
    '/api/v1/rebuilds/:id',
    {
      schema: {
        summary: 'One rebuild: causes, builds, arch builds, what was left alone',
        params,
        response: readsOne(RebuildDetail),
      },
    },
    async ({ params: { id } }) =>
      found(await rebuildDetail(store.db, id), `rebuild ${id}`, '`flibs rebuilds` lists them'),
  );
  api.get(
    '/api/v1/events',
    {
      schema: {
        summary: 'What happened since, oldest first; without `since` only where to begin',
        querystring: z.strictObject({
          since: z.coerce.number().int().nonnegative().optional(),
          rebuild: RowId.optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(500),
        }),
        response: reads(TransitionPage),
      },
    },
    ({ query: { since, rebuild, limit } }) => transitionsSince(store.db, { since, rebuild, limit }),
  );
};

export const rebuildRoutes = (api: Api, context: ApiContext): void => {
  readingRoutes(api, context);
  api.post(
    '/api/v1/rebuilds/:id/cancel',
    {
      config: needs('rebuilds'),
      schema: {
        summary: 'Cancel a rebuild and what only it asked for',
        params,
        body: NoBody,
        response: acts(Done),
      },
    },
    (request) => context.actions(recorderOf(request)).cancelRebuild(request.params.id),
  );
};
