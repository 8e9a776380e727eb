/** The tables as Kysely sees them: the runtime's own, the domain's, and who may write. */
import type { AccessTables } from './access-tables.ts';
import type { DomainTables } from './domain-tables.ts';
import type { RuntimeTables } from './runtime-tables.ts';

export type Database = RuntimeTables & DomainTables & AccessTables;
