import { z } from 'zod';
import { found, readsOne } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { gateOf } from '../queries/gate.ts';
import { Gate } from '../wire/gate.ts';

export const gateRoutes = (api: Api, { store }: ApiContext): void => {
  api.get(
    '/api/v1/gate/:nvr',
    {
      schema: {
        summary: 'How the gate stands for a build, requirement by requirement and arch by arch',
        params: z.object({ nvr: z.string().min(1).max(300) }),
        response: readsOne(Gate),
      },
    },
    async ({ params: { nvr } }) =>
      found(await gateOf(store.db, nvr), `build ${nvr}`, '`flibs images show <image>` lists its builds'),
  );
};
