/** Locks by name, within the instance, until the transaction ends. */
import { sql } from 'kysely';
import type { Flow } from '../runtime/consumer.ts';

/** Advisory locks are the database's: the schema keeps instances that share one apart. */
export const lockNamed = async ({ tx }: Pick<Flow, 'tx'>, name: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(${numberOf(name)})`.execute(tx);
};

const numberOf = (name: string) => sql`hashtextextended(current_schema() || ' ' || ${name}, 0)`;

/** What a plan leaves alone because of a rule or a pause. */
const keptBack = 'kept back';

/**
 * For a plan: no rule and no pause changes before it is written, so that whoever changes one sees all that was left alone
 * because of it. Plans do not wait for each other.
 */
export const lockKeptBackForPlan = async ({ tx }: Pick<Flow, 'tx'>): Promise<void> => {
  await sql`select pg_advisory_xact_lock_shared(${numberOf(keptBack)})`.execute(tx);
};

/** For who changes rules or pauses. */
export const lockKeptBack = (flow: Pick<Flow, 'tx'>): Promise<void> => lockNamed(flow, keptBack);
