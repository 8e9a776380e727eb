/** From an Authorization header to who asks. */
import { timingSafeEqual } from 'node:crypto';
import { type Caller, localName } from '../../schemas/caller.ts';
import { looksLikeToken, tokenHash } from '../runtime/token-text.ts';
import { findToken } from '../store/token-rows.ts';
import type { ApiContext } from './context.ts';

/** A caller, or why there is none, and whose token it was. */
export type Identity =
  | { readonly caller: Caller }
  | {
      readonly refusal: string;
      readonly hint: string;
      readonly token: Pick<Caller, 'id' | 'name'> | undefined;
    };

const ownCommandLine: Caller = { id: null, name: localName, scopes: ['admin'], testCases: null };

const howToAsk =
  'send `Authorization: Bearer <token>` (with flibs: --token-file or FLIBS_TOKEN); `flibs token create` makes one, and the user who started flibs needs none on its machine';

const refused = (refusal: string, token?: Pick<Caller, 'id' | 'name'>): Identity => ({
  refusal,
  hint: howToAsk,
  token,
});

/** Looked up by hash: comparing takes as long whatever was sent. */
export const identify = async (
  header: string | undefined,
  { store, localTokenHash }: Pick<ApiContext, 'store' | 'localTokenHash'>,
): Promise<Identity> => {
  if (header === undefined) return refused('this needs a token, and none was sent');
  const [, text = ''] = /^Bearer +(\S+) *$/i.exec(header) ?? [];
  if (!looksLikeToken(text)) return refused('the Authorization header holds no token of flibs');
  const hash = tokenHash(text);
  if (localTokenHash !== undefined && timingSafeEqual(hash, localTokenHash))
    return { caller: ownCommandLine };
  const found = await findToken(store.db, hash);
  if (found === undefined) return refused('no such token is known here');
  const { id, name, scopes, test_cases: testCases } = found;
  if (found.revoked) return refused(`the token ${name} was revoked`, { id, name });
  if (found.expired) return refused(`the token ${name} has expired`, { id, name });
  return { caller: { id, name, scopes, testCases } };
};
