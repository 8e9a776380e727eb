/** Tokens in the store, by the hash of their text. */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { TokenTable } from './access-tables.ts';
import type { Database } from './database.ts';

/** Minutes within which one use of a token is as good as another. */
const usedWithin = 10;

export interface FoundToken extends Pick<Selectable<TokenTable>, 'id' | 'name' | 'scopes' | 'test_cases'> {
  readonly revoked: boolean;
  readonly expired: boolean;
}

/** The token with this hash, also one that is of no use any more: whoever has it is told why. Notes that it was used. */
export const findToken = async (db: Kysely<Database>, hash: Buffer): Promise<FoundToken | undefined> => {
  const found = await db
    .selectFrom('token')
    .select(['id', 'name', 'scopes', 'test_cases'])
    .select([
      sql<boolean>`revoked_at is not null`.as('revoked'),
      sql<boolean>`coalesce(expires_at <= now(), false)`.as('expired'),
      sql<boolean>`coalesce(last_used_at < now() - make_interval(mins => ${usedWithin}::int), true)`.as(
        'unused',
      ),
    ])
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (found === undefined) return undefined;
  const { unused, ...token } = found;
  if (unused && !token.revoked && !token.expired) {
    await db.updateTable('token').set({ last_used_at: sql`now()` }).where('id', '=', token.id).execute();
  }
  return token;
};

/** The id of the new token; undefined where another of this name may be used. */
export const insertToken = async (
  db: Kysely<Database>,
  token: Omit<Selectable<TokenTable>, 'id' | 'last_used_at' | 'revoked_at'>,
): Promise<number | undefined> => {
  const row = await db
    .insertInto('token')
    .values(token)
    .onConflict((conflict) => conflict.column('name').where('revoked_at', 'is', null).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
};

/** The token that was revoked; undefined where none of this id, or of this name, may be used. */
export const revokeTokenRow = (
  db: Kysely<Database>,
  which: { readonly id: number } | { readonly name: string },
  now: Date,
): Promise<{ id: number; name: string } | undefined> =>
  db
    .updateTable('token')
    .set({ revoked_at: now })
    .where('revoked_at', 'is', null)
    .where((eb) => ('id' in which ? eb('id', '=', which.id) : eb('name', '=', which.name)))
    .returning(['id', 'name'])
    .executeTakeFirst();
