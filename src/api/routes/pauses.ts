import { Pause, Resumption } from '../../../schemas/pause.ts';
import { needs } from '../access.ts';
import { acts } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { recorderOf } from '../trail.ts';
import { Done } from '../wire/action.ts';

export const pauseRoutes = (api: Api, { actions }: ApiContext): void => {
  api.post(
    '/api/v1/pause',
    {
      config: needs('rebuilds', 'scope', 'image'),
      schema: {
        summary: 'Pause an image, automatic rebuilds or everything; what is paused already, anew',
        body: Pause,
        response: acts(Done),
      },
    },
    (request) => actions(recorderOf(request)).pause(request.body),
  );
  api.post(
    '/api/v1/resume',
    {
      config: needs('rebuilds', 'scope', 'image'),
      schema: {
        summary: 'Resume an image, automatic rebuilds or everything',
        body: Resumption,
        response: acts(Done),
      },
    },
    (request) => actions(recorderOf(request)).resume(request.body),
  );
};
