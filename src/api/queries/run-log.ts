/** The log of an arch build's newest run, from the chunks that log-keeper stores while it goes on. */
import type { Kysely } from 'kysely';
import type { Arch } from '../../../schemas/ids.ts';
import type { Database } from '../../store/database.ts';

/** Where an arch build's log is to be found. */
export interface LogPlace {
  readonly image: string;
  /** Undefined before the first run. */
  readonly run: string | undefined;
  readonly ended: boolean;
  /** The finished log in the registry; null until then. */
  readonly artifact: string | null;
  readonly state: string;
}

export interface LogChunk {
  readonly offset: number;
  readonly text: string;
}

const goesOn = new Set<string>(['requested', 'running']);

/** Undefined where there is no such arch build. */
export const logPlace = async (
  db: Kysely<Database>,
  nvr: string,
  arch: Arch,
): Promise<LogPlace | undefined> => {
  const row = await db
    .selectFrom('arch_build')
    .innerJoin('build', 'build.id', 'arch_build.build')
    .select(['arch_build.id', 'arch_build.image', 'arch_build.state', 'arch_build.log'])
    .where('build.nvr', '=', nvr)
    .where('arch_build.arch', '=', arch)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const run = await db
    .selectFrom('run')
    .select(['id', 'state', 'log'])
    .where('arch_build', '=', row.id)
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return {
    image: row.image,
    run: run?.id,
    ended: run !== undefined && !goesOn.has(run.state),
    artifact: run?.log ?? row.log,
    state: row.state,
  };
};

/** Chunks from this byte on, in order; one that began before it is included whole. */
export const logChunks = async (
  db: Kysely<Database>,
  run: string,
  offset: number,
  limit = 64,
): Promise<LogChunk[]> => {
  const rows = await db
    .selectFrom('run_log')
    .select(['byte_offset', 'text'])
    .where('run', '=', run)
    .where((eb) => eb(eb('byte_offset', '+', eb.fn<number>('octet_length', ['text'])), '>', offset))
    .orderBy('byte_offset')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ offset: row.byte_offset, text: row.text }));
};
