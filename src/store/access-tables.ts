/** Tokens, and what was asked with them, as Kysely sees them; sql/0028.sql says what they mean. */
import type { Generated } from 'kysely';
import type { Scope } from '../../schemas/scopes.ts';

export interface TokenTable {
  id: Generated<number>;
  name: string;
  hash: Buffer;
  scopes: Scope[];
  test_cases: string[] | null;
  created_at: Date;
  created_by: string;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

export interface AuditTable {
  id: Generated<number>;
  at: Generated<Date>;
  token: number | null;
  who: string | null;
  address: string;
  method: string;
  route: string;
  subject: string | null;
  status: number;
  request_id: string;
}

export interface AccessTables {
  token: TokenTable;
  audit: AuditTable;
}
