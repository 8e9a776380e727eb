import { Pause, Resumption } from '../../../schemas/pause.ts';
import { acts } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { Done } from '../wire/action.ts';

export const pauseRoutes = (api: Api, { actions }: ApiContext): void => {
  api.post(
    '/api/v1/pause',
    {
      schema: {
        summary: 'Pause an image, automatic rebuilds or everything; what is paused already, anew',
        body: Pause,
        response: acts(Done),
      },
    },
    ({ body }) => actions.pause(body),
  );
  api.post(
    '/api/v1/resume',
    {
      schema: {
        summary: 'Resume an image, automatic rebuilds or everything',
        body: Resumption,
        response: acts(Done),
      },
    },
    ({ body }) => actions.resume(body),
  );
};
