import { z } from 'zod';
import { TokenName } from '../../../schemas/caller.ts';
import { needs } from '../access.ts';
import { acts, reads } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { listTokens } from '../queries/tokens.ts';
import { callerOf, recorderOf } from '../trail.ts';
import { Done, NoBody } from '../wire/action.ts';
import { NewToken, Token, TokenRequest } from '../wire/token.ts';

const RowId = z.string().regex(/^[1-9][0-9]{0,14}$/, { error: 'must be the number or the name of a token' });

export const tokenRoutes = (api: Api, { store, actions }: ApiContext): void => {
  api.post(
    '/api/v1/tokens',
    {
      config: needs('admin', 'name'),
      schema: {
        summary: 'Make a token; its text is told here and never again',
        body: TokenRequest,
        response: acts(NewToken),
      },
    },
    (request) => actions(recorderOf(request)).createToken(request.body, callerOf(request).name),
  );
  api.get(
    '/api/v1/tokens',
    {
      config: needs('admin'),
      schema: { summary: 'Tokens, those that may be used first', response: reads(z.array(Token)) },
    },
    () => listTokens(store.db),
  );
  api.post(
    '/api/v1/tokens/:token/revoke',
    {
      config: needs('admin'),
      schema: {
        summary: 'Let nobody in with this token any more',
        params: z.object({ token: z.union([RowId, TokenName]) }),
        body: NoBody,
        response: acts(Done),
      },
    },
    (request) => actions(recorderOf(request)).revokeToken(request.params.token),
  );
};
