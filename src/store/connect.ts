/** The store as the rest of flibs has it: typed tables, transactions that survive lost races, and a visible state. */
import { Kysely, type Transaction } from 'kysely';
import type pg from 'pg';
import type { Database } from './database.ts';
import { dialectOn, inTransaction } from './dialect.ts';
import { openPool, type PoolOptions } from './pool.ts';
import { type StoreState, watchPresence } from './presence.ts';
import { describeError, isLostRace, isStoreAway } from './store-errors.ts';

export type StoreOptions = PoolOptions;

export interface Store {
  /** For reading outside a transaction; what belongs together goes through `transaction`. */
  readonly db: Kysely<Database>;
  readonly pool: pg.Pool;
  readonly schema: string;
  /**
   * Read committed. Tried again at once when another transaction was first (40001, 40P01), so `work` may run more than
   * once and must not act outside the store. Rejects with the driver's error when the store goes away ({@link isStoreAway});
   * if that was during the commit, nobody knows whether it happened.
   * @param purpose what it is for, in a word: `handle`, `complete`, `claim`; in logs and for tests that fail there.
   */
  transaction<T>(work: (tx: Transaction<Database>) => Promise<T>, purpose?: string): Promise<T>;
  /** One statement, committed by itself: as `transaction`, without the round trips of one. */
  statement<T>(run: (db: Kysely<Database>) => Promise<T>, purpose?: string): Promise<T>;
  state(): StoreState;
  onStateChange(listener: () => void): void;
  /** Resolves when the store answers, at once if it does; retried with backoff and a visible reason until then. */
  whenAvailable(signal?: AbortSignal): Promise<void>;
  /** Waits for connections in use. */
  close(): Promise<void>;
}

const attemptsOfLostRaces = 8;

/** Does not connect yet: `whenAvailable` tells when it can, so that the order in which services start does not matter. */
export const openStore = (options: StoreOptions): Store => {
  const { log, schema } = options;
  const pool = openPool(options);
  const presence = watchPresence(pool, log);
  const dialect = dialectOn(pool);
  const db = new Kysely<Database>({ dialect });

  const again = async <T>(act: () => Promise<T>, purpose: string): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await act();
      } catch (error) {
        if (isStoreAway(error)) presence.noteAway(error);
        if (!isLostRace(error) || attempt === attemptsOfLostRaces) throw error;
        log.debug({ purpose, attempt, error: describeError(error) }, 'another transaction was first; again');
      }
    }
  };

  return {
    db,
    pool,
    schema,
    transaction: (work, purpose = 'transaction') => again(() => inTransaction(db, dialect, work), purpose),
    statement: (run, purpose = 'statement') => again(() => run(db), purpose),
    state: presence.state,
    onStateChange: presence.onStateChange,
    whenAvailable: presence.whenAvailable,
    close: async () => {
      presence.close();
      await pool.end();
    },
  };
};
