/** Locks by name, within the instance, until the transaction ends. */
import { sql } from 'kysely';
import type { Flow } from '../runtime/consumer.ts';

/** Advisory locks are the database's: the schema keeps instances that share one apart. */
export const lockNamed = async ({ tx }: Pick<Flow, 'tx'>, name: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || ' ' || ${name}, 0))`.execute(
    tx,
  );
};
