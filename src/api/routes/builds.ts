import { z } from 'zod';
import { Nvr } from '../../../schemas/ids.ts';
import { changesNothing, needs } from '../access.ts';
import { acts } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { recorderOf } from '../trail.ts';
import {
  BuildRequest,
  Done,
  NoBody,
  ReconcileRequest,
  RetryRequest,
  WhatIf,
  WhatIfRequest,
} from '../wire/action.ts';

const params = z.object({ nvr: Nvr });

const askingRoutes = (api: Api, { actions }: ApiContext): void => {
  api.post(
    '/api/v1/builds',
    {
      config: needs('rebuilds', 'image'),
      schema: { summary: 'Build an image by hand', body: BuildRequest, response: acts(Done) },
    },
    (request) => actions(recorderOf(request)).buildByHand(request.body),
  );
  api.post(
    '/api/v1/what-if',
    {
      config: changesNothing,
      schema: {
        summary: 'Who would be rebuilt if this were on offer or had changed; changes nothing',
        body: WhatIfRequest,
        response: acts(WhatIf),
      },
    },
    (request) => actions(recorderOf(request)).whatIf(request.body),
  );
  api.post(
    '/api/v1/definitions/reload',
    {
      config: needs('admin'),
      schema: { summary: 'Look at the definitions now', body: NoBody, response: acts(Done) },
    },
    (request) => actions(recorderOf(request)).reloadDefinitions(),
  );
  api.post(
    '/api/v1/reconcile',
    {
      config: needs('rebuilds'),
      schema: {
        summary: 'Nominate what is newer on offer, or changed, and no message told',
        body: ReconcileRequest,
        response: acts(Done),
      },
    },
    (request) => actions(recorderOf(request)).reconcile(request.body),
  );
};

export const buildRoutes = (api: Api, context: ApiContext): void => {
  askingRoutes(api, context);
  api.post(
    '/api/v1/builds/:nvr/cancel',
    {
      config: needs('rebuilds'),
      schema: { summary: 'Cancel a build', params, body: NoBody, response: acts(Done) },
    },
    (request) => context.actions(recorderOf(request)).cancelBuild(request.params.nvr),
  );
  api.post(
    '/api/v1/builds/:nvr/retry',
    {
      config: needs('rebuilds', 'arch'),
      schema: {
        summary: 'Try what failed of a build again',
        params,
        // Nothing at all is as good as an empty object.
        body: RetryRequest.nullish(),
        response: acts(Done),
      },
    },
    (request) => context.actions(recorderOf(request)).retryBuild(request.params.nvr, request.body?.arch),
  );
};
