import { z } from 'zod';
import { AuditEntry } from '../../api/wire/audit.ts';
import { type Client, connect, part } from '../client.ts';
import { type OptionValues, optionText } from '../config-options.ts';
import { print } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { auditText } from '../views/tokens.ts';

const path = '/api/v1/audit';
const portion = 1000;

/** All since then, the newest first. */
const allSince = async (client: Client, since: string): Promise<AuditEntry[]> => {
  const all: AuditEntry[] = [];
  for (;;) {
    const last = all.at(-1);
    const before = last === undefined ? '' : `&before=${last.id}`;
    const query = `since=${part(since)}&limit=${portion}${before}`;
    const some = await client.getGuarded(`${path}?${query}`, z.array(AuditEntry));
    all.push(...some);
    if (some.length < portion) return all;
  }
};

export const showAudit = async (options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  const since = optionText(options, 'since');
  const entries =
    since === undefined ? await client.getGuarded(path, z.array(AuditEntry)) : await allSince(client, since);
  print(terminal, options, entries, auditText);
};
