/** Effects that were asked for. The run id is the fence: every change by a runner names it, and counts only while it holds. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { JobAgain, StoredCause } from './runtime-tables.ts';
import { json, storableText } from './storable.ts';

export interface JobRequest {
  readonly kind: string;
  readonly key: string;
  readonly inputs: unknown;
  readonly cause: StoredCause;
  readonly due: Date;
  /** Makes an ended or waiting job due then, with these inputs; one that runs is done once more afterwards. */
  readonly again: boolean;
}

export interface ClaimedJob {
  readonly id: number;
  readonly kind: string;
  readonly key: string;
  readonly inputs: unknown;
  readonly cause: StoredCause;
  readonly runId: string;
  /** Counting this one, from 1; runs that ended without a word count too. */
  readonly attempts: number;
}

/** One job a kind and key: without `again` what is there stays as it is. */
export const requestJob = async (tx: Transaction<Database>, request: JobRequest): Promise<void> => {
  const { kind, due } = request;
  const key = storableText(request.key);
  const inputs = json(request.inputs);
  const cause = json(request.cause);
  const insert = tx.insertInto('job').values({ kind, key, inputs, cause, due });
  if (!request.again) {
    await insert.onConflict((conflict) => conflict.columns(['kind', 'key']).doNothing()).execute();
    return;
  }
  const again: JobAgain = { inputs: request.inputs, cause: request.cause, due: due.toISOString() };
  await insert
    .onConflict((conflict) =>
      conflict.columns(['kind', 'key']).doUpdateSet({
        inputs: sql`CASE WHEN job.state = 'running' THEN job.inputs ELSE excluded.inputs END`,
        cause: sql`CASE WHEN job.state = 'running' THEN job.cause ELSE excluded.cause END`,
        due: sql`CASE WHEN job.state = 'running' THEN job.due ELSE excluded.due END`,
        attempts: sql`CASE WHEN job.state = 'running' THEN job.attempts ELSE 0 END`,
        // The earliest wish counts: a job that sets its own next turn must not put off what was asked meanwhile.
        again: sql`CASE WHEN job.state <> 'running' THEN NULL
          WHEN (job.again ->> 'due')::timestamptz < ${due} THEN job.again ELSE ${json(again)}::jsonb END`,
        ended_at: sql`CASE WHEN job.state = 'running' THEN job.ended_at END`,
        state: sql`CASE WHEN job.state = 'running' THEN job.state ELSE 'waiting' END`,
      }),
    )
    .execute();
};

/** Takes one due job of the kinds given, or one whose runner let its lease run out. */
export const claimJob = async (
  tx: Transaction<Database>,
  claim: { kinds: readonly { kind: string; leaseSeconds: number }[]; runId: string; now: Date },
): Promise<ClaimedJob | undefined> => {
  const kinds = claim.kinds.map(({ kind }) => kind);
  const found = await tx
    .selectFrom('job')
    .select(['id', 'kind'])
    .where('kind', 'in', kinds)
    .where((where) =>
      where.or([
        where.and([where('state', '=', 'waiting'), where('due', '<=', claim.now)]),
        where.and([where('state', '=', 'running'), where('lease_until', '<', claim.now)]),
      ]),
    )
    .orderBy('due')
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (found === undefined) return undefined;
  const lease = claim.kinds.find(({ kind }) => kind === found.kind)?.leaseSeconds ?? 60;
  const row = await tx
    .updateTable('job')
    .set((set) => ({
      state: 'running',
      run_id: claim.runId,
      lease_until: new Date(claim.now.getTime() + lease * 1000),
      attempts: set('attempts', '+', 1),
      started_at: claim.now,
      ended_at: null,
    }))
    .where('id', '=', found.id)
    .returning(['id', 'kind', 'key', 'inputs', 'cause', 'attempts'])
    .executeTakeFirstOrThrow();
  return { ...row, runId: claim.runId };
};

/** What a runner holds: the row and its fence. */
export type JobHold = Pick<ClaimedJob, 'id' | 'runId'>;

/** @returns false where the lease was lost: somebody else has the job, or it is over. */
export const renewJob = async (
  db: Kysely<Database>,
  hold: JobHold,
  milliseconds: number,
): Promise<boolean> => {
  const result = await db
    .updateTable('job')
    .set({ lease_until: sql`now() + make_interval(secs => ${milliseconds / 1000})` })
    .where('id', '=', hold.id)
    .where('run_id', '=', hold.runId)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** Looks whether the fence holds, without a lock: the change at the end of the same transaction decides. */
export const holdsJob = async (tx: Transaction<Database>, hold: JobHold): Promise<boolean> => {
  const row = await tx
    .selectFrom('job')
    .select('id')
    .where('id', '=', hold.id)
    .where('run_id', '=', hold.runId)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return row !== undefined;
};

/** How a run ended. `release`: it was not tried to its end, so it does not count. */
export type JobEnd =
  | { readonly state: 'done' }
  | { readonly state: 'dead'; readonly error: string }
  | { readonly state: 'waiting'; readonly error: string; readonly due: Date }
  | { readonly state: 'release'; readonly due: Date };

/** Writes the end of a run. A job that was asked for again meanwhile waits once more, with what was asked then. */
export const endJob = async (
  tx: Transaction<Database>,
  hold: JobHold,
  end: JobEnd,
  now: Date,
): Promise<boolean> => {
  const result = await tx
    .updateTable('job')
    .set({
      state: sql`CASE WHEN again IS NULL THEN ${end.state === 'release' ? 'waiting' : end.state} ELSE 'waiting' END`,
      inputs: sql`coalesce(again -> 'inputs', inputs)`,
      cause: sql`coalesce(again -> 'cause', cause)`,
      due: sql`coalesce((again ->> 'due')::timestamptz, ${'due' in end ? end.due : now}::timestamptz)`,
      attempts: sql`CASE WHEN again IS NULL THEN attempts - ${end.state === 'release' ? 1 : 0} ELSE 0 END`,
      last_error: sql`CASE WHEN ${end.state === 'release'} THEN last_error ELSE ${'error' in end ? storableText(end.error, 4_000) : null} END`,
      ended_at: now,
      again: null,
      run_id: null,
      lease_until: null,
    })
    .where('id', '=', hold.id)
    .where('run_id', '=', hold.runId)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};
