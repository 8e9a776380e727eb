/** What is to happen at a time: one row a kind and key, deleted in the transaction that says it is due. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { StoredCause } from './runtime-tables.ts';
import { json, storableText } from './storable.ts';

export interface TimerRow {
  readonly kind: string;
  readonly key: string;
  readonly due: Date;
  readonly payload: unknown;
  readonly cause: StoredCause;
}

/** Sets a timer, or moves the one of the same kind and key. */
export const setTimer = async (tx: Transaction<Database>, timer: TimerRow): Promise<void> => {
  const rest = { due: timer.due, payload: json(timer.payload), cause: json(timer.cause) };
  await tx
    .insertInto('timer')
    .values({ kind: timer.kind, key: storableText(timer.key), ...rest })
    .onConflict((conflict) => conflict.columns(['kind', 'key']).doUpdateSet(rest))
    .execute();
};

/** Makes a timer due at `due` if it is not due earlier; one that is set already keeps its payload and cause. */
export const bringTimerForward = async (
  tx: Transaction<Database>,
  timer: Omit<TimerRow, 'payload'>,
): Promise<void> => {
  const { kind, key, due } = timer;
  await tx
    .insertInto('timer')
    .values({ kind, key: storableText(key), due, payload: json(null), cause: json(timer.cause) })
    .onConflict((conflict) =>
      conflict.columns(['kind', 'key']).doUpdateSet({ due: sql`least(timer.due, excluded.due)` }),
    )
    .execute();
};

export const removeTimer = async (tx: Transaction<Database>, kind: string, key: string): Promise<void> => {
  await tx.deleteFrom('timer').where('kind', '=', kind).where('key', '=', storableText(key)).execute();
};

/** Takes due timers out; those that another process is at are left to it. */
export const takeDueTimers = (
  tx: Transaction<Database>,
  now: Date,
  limit: number,
): Promise<readonly TimerRow[]> =>
  tx
    .deleteFrom('timer')
    .using((from) =>
      from
        .selectFrom('timer')
        .select(['kind', 'key'])
        .where('due', '<=', now)
        .orderBy('due')
        .limit(limit)
        .forUpdate()
        .skipLocked()
        .as('due_timer'),
    )
    .whereRef('timer.kind', '=', 'due_timer.kind')
    .whereRef('timer.key', '=', 'due_timer.key')
    .returning(['timer.kind', 'timer.key', 'timer.due', 'timer.payload', 'timer.cause'])
    .execute();

/** When the next timer falls due; undefined where none is set. */
export const nextDueTimer = async (db: Kysely<Database>): Promise<Date | undefined> => {
  const row = await db.selectFrom('timer').select('due').orderBy('due').limit(1).executeTakeFirst();
  return row?.due;
};
