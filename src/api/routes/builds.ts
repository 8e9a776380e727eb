import { z } from 'zod';
import { Nvr } from '../../../schemas/ids.ts';
import { acts } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { BuildRequest, Done, ReconcileRequest, RetryRequest, WhatIf, WhatIfRequest } from '../wire/action.ts';

const params = z.object({ nvr: Nvr });

const askingRoutes = (api: Api, { actions }: ApiContext): void => {
  api.post(
    '/api/v1/builds',
    { schema: { summary: 'Build an image by hand', body: BuildRequest, response: acts(Done) } },
    ({ body }) => actions.buildByHand(body),
  );
  api.post(
    '/api/v1/what-if',
    {
      schema: {
        summary: 'Who would be rebuilt if this were on offer or had changed; changes nothing',
        body: WhatIfRequest,
        response: acts(WhatIf),
      },
    },
    ({ body }) => actions.whatIf(body),
  );
  api.post(
    '/api/v1/definitions/reload',
    { schema: { summary: 'Look at the definitions now', response: acts(Done) } },
    () => actions.reloadDefinitions(),
  );
  api.post(
    '/api/v1/reconcile',
    {
      schema: {
        summary: 'Nominate what is newer on offer, or changed, and no message told',
        body: ReconcileRequest,
        response: acts(Done),
      },
    },
    ({ body }) => actions.reconcile(body),
  );
};

export const buildRoutes = (api: Api, context: ApiContext): void => {
  askingRoutes(api, context);
  api.post(
    '/api/v1/builds/:nvr/cancel',
    { schema: { summary: 'Cancel a build', params, response: acts(Done) } },
    (request) => context.actions.cancelBuild(request.params.nvr),
  );
  api.post(
    '/api/v1/builds/:nvr/retry',
    {
      schema: {
        summary: 'Try what failed of a build again',
        params,
        // Nothing at all is as good as an empty object.
        body: RetryRequest.nullish(),
        response: acts(Done),
      },
    },
    (request) => context.actions.retryBuild(request.params.nvr, request.body?.arch),
  );
};
