/** Counts messages of no interest in memory, so that each costs nothing; the counts are written down now and then. */
import type { Store } from '../store/connect.ts';
import { addIgnored, type IgnoredCount, ignoredKey } from '../store/ignored-counts.ts';

export interface IgnoredCounter {
  count(topic: string, reason: string, sample: () => unknown): void;
  /** Writes what was counted; what cannot be written stays. */
  flush(): Promise<void>;
}

/** Kinds (topic and reason) told apart by one process: topics and reasons come from strangers, the store has an end. */
const mostKinds = 2_000;
const others = '(others)';

interface Counted {
  readonly topic: string;
  readonly reason: string;
  count: number;
  readonly sample: unknown;
}

export const newIgnoredCounter = (store: Pick<Store, 'db'>, consumer: string): IgnoredCounter => {
  const known = new Set<string>();
  let counted = new Map<string, Counted>();

  const add = (topic: string, reason: string, count: number, sample: () => unknown) => {
    const key = `${topic}\n${reason}`;
    const entry = counted.get(key);
    if (entry !== undefined) {
      entry.count += count;
      return;
    }
    if (!known.has(key) && known.size >= mostKinds && topic !== others) {
      add(others, 'more topics and reasons than are told apart', count, sample);
      return;
    }
    known.add(key);
    counted.set(key, { topic, reason, count, sample: sample() });
  };

  return {
    count: (topic, reason, sample) => add(topic, reason, 1, sample),
    flush: async () => {
      if (counted.size === 0) return;
      const writing = counted;
      counted = new Map();
      try {
        await addIgnored(store.db, consumer, joined(writing.values()));
      } catch (error) {
        for (const { topic, reason, count, sample } of writing.values())
          add(topic, reason, count, () => sample);
        throw error;
      }
    },
  };
};

/** One entry for kinds that are the same once written down: two of them in one statement are refused (21000). */
const joined = (entries: Iterable<Counted>): readonly IgnoredCount[] => {
  const rows = new Map<string, Counted>();
  for (const entry of entries) {
    const topic = ignoredKey(entry.topic);
    const reason = ignoredKey(entry.reason);
    const row = rows.get(`${topic}\n${reason}`);
    if (row === undefined) rows.set(`${topic}\n${reason}`, { ...entry, topic, reason });
    else row.count += entry.count;
  }
  return [...rows.values()];
};
