/** Tokens, and what was asked with them, for people. */
import type { AuditEntry } from '../../api/wire/audit.ts';
import type { Token } from '../../api/wire/token.ts';
import { table, when } from '../text-table.ts';

export const tokensText = (tokens: readonly Token[]): string =>
  table(
    ['id', 'name', 'state', 'scopes', 'test cases', 'made', 'by', 'expires', 'last used'],
    tokens.map((token) => [
      token.id,
      token.name,
      token.state,
      token.scopes.join(','),
      token.testCases === null ? 'all' : token.testCases.join(' '),
      when(token.createdAt),
      token.createdBy,
      when(token.expiresAt),
      when(token.lastUsedAt),
    ]),
    'no tokens yet',
  );

const outcomeOf = (status: number): string => {
  if (status < 400) return 'done';
  return status === 401 || status === 403 ? `refused (${status})` : `not done (${status})`;
};

export const auditText = (entries: readonly AuditEntry[]): string =>
  table(
    ['at', 'who', 'from', 'outcome', 'what', 'of'],
    entries.map(({ at, who, address, status, method, route, subject }) => [
      when(at),
      who ?? 'nobody known',
      address,
      outcomeOf(status),
      `${method} ${route}`,
      subject,
    ]),
    'nothing was asked for',
  );
