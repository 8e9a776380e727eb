/** How many messages a consumer had no interest in, by topic and reason, with a sample. */
import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';
import { json, storableText } from './storable.ts';

export interface IgnoredCount {
  readonly topic: string;
  readonly reason: string;
  readonly count: number;
  /** The last message of the kind, or what is to be shown of it. */
  readonly sample: unknown;
}

const added = (consumer: string, counts: readonly IgnoredCount[]) =>
  counts
    // One order for all processes, so that two that write at once do not wait for each other.
    .toSorted((a, b) => (a.topic + a.reason < b.topic + b.reason ? -1 : 1))
    .map(({ topic, reason, count, sample }) => ({ consumer, topic, reason, count, sample: json(sample) }));

/** Adds counts. Topics and reasons that the store holds equal once cleaned must have been joined before. */
export const addIgnored = async (
  db: Kysely<Database>,
  consumer: string,
  counts: readonly IgnoredCount[],
): Promise<void> => {
  if (counts.length === 0) return;
  await db
    .insertInto('ignored')
    .values(added(consumer, counts))
    .onConflict((conflict) =>
      conflict.columns(['consumer', 'topic', 'reason']).doUpdateSet((set) => ({
        count: sql`ignored.count + excluded.count`,
        sample: set.ref('excluded.sample'),
        last_at: sql`now()`,
      })),
    )
    .execute();
};

/** As topics and reasons are written down. */
export const ignoredKey = (text: string): string => storableText(text, 300);
