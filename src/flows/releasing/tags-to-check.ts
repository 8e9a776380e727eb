/** Tags that are wanted, and which of them the sweep looks at next. */
import { type Kysely, sql } from 'kysely';
import { Digest } from '../../../schemas/ids.ts';
import type { Database } from '../../store/database.ts';

/** A tag as one run found it wanted; what is wanted may have changed since. */
export interface WantedTag {
  /** `host:port/path`. */
  readonly repository: string;
  readonly name: string;
  readonly desired: Digest;
}

export interface TagToCheck extends WantedTag {
  readonly nvr: string;
  readonly build: number;
  /** What an earlier sweep could not put right. */
  readonly problem: string | null;
}

/** Seconds for which a tag that was looked at is left alone. */
const trustedFor = 3600;
/** Tags in a sweep. */
const most = 500;

/** Those unseen for the longest, of releases that have come to their end. */
export const tagsToCheck = async (db: Kysely<Database>): Promise<readonly TagToCheck[]> => {
  const { rows } = await sql<TagToCheck & { readonly desired: string }>`
    select repository, name, desired, nvr, seq as build, problem from tag
    where verified_at is not null
      and greatest(swept_at, verified_at) < now() - make_interval(secs => ${trustedFor})
    order by greatest(swept_at, verified_at)
    limit ${most}`.execute(db);
  return rows.map((row) => ({ ...row, desired: Digest.parse(row.desired) }));
};
