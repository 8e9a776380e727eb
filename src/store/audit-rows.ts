/** Who asked for what, and whether it was done. Rows are never changed. */
import type { Insertable, Kysely } from 'kysely';
import type { AuditTable } from './access-tables.ts';
import type { Database } from './database.ts';
import { storableText } from './storable.ts';

const longest = 500;

export const insertAudit = async (
  db: Kysely<Database>,
  entry: Omit<Insertable<AuditTable>, 'id' | 'at'>,
): Promise<void> => {
  const subject = entry.subject == null ? null : storableText(entry.subject, longest);
  await db
    .insertInto('audit')
    .values({ ...entry, subject })
    .execute();
};
