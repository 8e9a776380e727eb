/** Makes and revokes the tokens with which others may write. */
import type { Scope } from '../../../schemas/scopes.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { newTokenText, tokenHash } from '../../runtime/token-text.ts';
import { insertToken, revokeTokenRow } from '../../store/token-rows.ts';
import { Refused } from '../refused.ts';

export interface WantedToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Globs; absent: all. */
  readonly testCases?: readonly string[] | undefined;
  /** ISO 8601; absent: never. */
  readonly expires?: string | undefined;
}

/**
 * The text is told here and never again: only its hash is kept.
 * @throws Refused when the name is taken, or the token would have expired already.
 */
export const createToken = async (
  flow: Flow,
  { name, scopes, testCases, expires }: WantedToken,
  createdBy: string,
): Promise<{ readonly id: number; readonly token: string }> => {
  const expiresAt = expires === undefined ? null : new Date(expires);
  if (expiresAt !== null && expiresAt <= flow.now) {
    throw new Refused('conflict', `${expiresAt.toISOString()} is past`, 'name a time to come, or none');
  }
  const token = newTokenText();
  const id = await insertToken(flow.tx, {
    name,
    hash: tokenHash(token),
    scopes: [...new Set(scopes)],
    test_cases: testCases === undefined ? null : [...testCases],
    created_at: flow.now,
    created_by: createdBy,
    expires_at: expiresAt,
  });
  if (id === undefined) {
    const hint = `\`flibs token revoke ${name}\` first, or choose another name`;
    throw new Refused('conflict', `there is a token ${name} already`, hint);
  }
  return { id, token };
};

/** @param which - its number, or its name. @throws Refused when there is none that may be used. */
export const revokeToken = async (flow: Flow, which: string): Promise<{ readonly did: string }> => {
  const by = /^[0-9]+$/.test(which) ? { id: Number(which) } : { name: which };
  const revoked = await revokeTokenRow(flow.tx, by, flow.now);
  if (revoked === undefined) {
    throw new Refused(
      'not-found',
      `there is no token ${which} that may be used`,
      '`flibs token list` lists them',
    );
  }
  return { did: `token ${revoked.name} (${revoked.id}) is revoked` };
};
