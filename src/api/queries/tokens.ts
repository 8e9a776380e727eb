/** Tokens, and what was asked with them. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../store/database.ts';
import type { AuditEntry } from '../wire/audit.ts';
import type { Token } from '../wire/token.ts';
import { iso, isoOrNull } from './time.ts';

/** Those that may be used first; the newest first. */
export const listTokens = async (db: Kysely<Database>): Promise<Token[]> => {
  const rows = await db
    .selectFrom('token')
    .selectAll()
    .select(sql<boolean>`coalesce(expires_at <= now(), false)`.as('expired'))
    .orderBy(sql`revoked_at is not null`)
    .orderBy('id', 'desc')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    testCases: row.test_cases,
    state: row.revoked_at !== null ? 'revoked' : row.expired ? 'expired' : 'valid',
    createdAt: iso(row.created_at),
    createdBy: row.created_by,
    expiresAt: isoOrNull(row.expires_at),
    lastUsedAt: isoOrNull(row.last_used_at),
    revokedAt: isoOrNull(row.revoked_at),
  }));
};

export interface AuditQuery {
  readonly since?: string | undefined;
  /** Only rows with a lower id. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** The newest first. */
export const listAudit = async (
  db: Kysely<Database>,
  { since, before, limit }: AuditQuery,
): Promise<AuditEntry[]> => {
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .$if(since !== undefined, (query) => query.where('at', '>=', new Date(since ?? 0)))
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? 0))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ at, request_id, ...row }) => ({ ...row, at: iso(at), requestId: request_id }));
};
