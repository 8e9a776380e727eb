/** Keeps the runtime's tables from growing for ever. */
import { deleteOldRows, type Retention, usualRetention } from '../store/old-rows.ts';
import type { Environment } from './environment.ts';
import { type Running, startLoop } from './loop.ts';

const everyMs = 3_600_000;

/**
 * Deletes what is older than the retention, batch by batch, each in a transaction of its own.
 * @returns rows deleted, by table.
 */
export const prune = async (
  environment: Environment,
  { retention = usualRetention, batch = 1_000 }: { retention?: Retention; batch?: number } = {},
  signal?: AbortSignal,
): Promise<Readonly<Record<string, number>>> => {
  const total: Record<string, number> = {};
  for (;;) {
    const deleted = await environment.store.transaction((tx) => deleteOldRows(tx, retention, batch), 'prune');
    for (const [table, rows] of Object.entries(deleted)) total[table] = (total[table] ?? 0) + rows;
    if (signal?.aborted || Object.values(deleted).every((rows) => rows < batch)) return total;
  }
};

/** Prunes now and then, until stopped. */
export const startPruning = (environment: Environment): Running =>
  startLoop({
    name: 'pruning',
    every: everyMs,
    store: environment.store,
    log: environment.log,
    round: async (signal) => {
      const deleted = await prune(environment, {}, signal);
      if (Object.values(deleted).some((rows) => rows > 0))
        environment.log.info({ deleted }, 'old rows deleted');
      return undefined;
    },
  });
