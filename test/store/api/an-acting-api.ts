/** The API on a store of its own, doing what it is asked for. */
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { buildApi } from '../../../src/api/server.ts';
import { NewToken, type TokenRequest } from '../../../src/api/wire/token.ts';
import { actionsOf } from '../../../src/cli/running/actions.ts';
import { newTokenText, tokenHash } from '../../../src/runtime/token-text.ts';
import { settings } from '../../simulation/fleet.ts';
import { aContext } from '../../unit/api/a-context.ts';
import { anEnvironment } from '../an-environment.ts';

export interface ActingApi extends Omit<Awaited<ReturnType<typeof anEnvironment>>, 'close'> {
  readonly server: FastifyInstance;
  /** The token that the machine's own command line would find. */
  readonly own: string;
  /** @param token - undefined: none */
  post(url: string, payload?: object, token?: string): Promise<LightMyRequestResponse>;
  aToken(request: Partial<TokenRequest>): Promise<NewToken>;
  close(): Promise<void>;
}

export const anActingApi = async (): Promise<ActingApi> => {
  const environment = await anEnvironment();
  const own = newTokenText();
  const actions = actionsOf(environment.environment, settings);
  const { store } = environment;
  const context = { ...aContext(), store, actions, localTokenHash: tokenHash(own) };
  const server = await buildApi(context, '127.0.0.1');
  const post: ActingApi['post'] = (url, payload, token) =>
    server.inject({
      method: 'POST',
      url,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(payload === undefined ? {} : { payload }),
    });
  return {
    ...environment,
    server,
    own,
    post,
    aToken: async (request) => {
      const asked = { name: 'ann', scopes: ['rebuilds'], ...request };
      return NewToken.parse((await post('/api/v1/tokens', asked, own)).json());
    },
    close: async () => {
      await server.close();
      await environment.close();
    },
  };
};
