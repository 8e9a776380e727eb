/** The tables as Kysely sees them: the runtime's own and the domain's. */
import type { DomainTables } from './domain-tables.ts';
import type { RuntimeTables } from './runtime-tables.ts';

export type Database = RuntimeTables & DomainTables;
