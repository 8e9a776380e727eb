/** What does not go on, and why: for `flibs up` to show and for people to ask. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../store/database.ts';
import type { Waiting, Worker } from '../wire/status.ts';
import { iso } from './time.ts';
import { withdrawnContents } from './withdrawn.ts';

const most = 200;

interface Row {
  readonly what: string;
  readonly reason: string;
  readonly since: Date | null;
}

/** Rebuilds, builds and arch builds that wait, what failed for good, repositories that cannot be read, jobs that fail, unusable definitions, tags that cannot be put right, images that hold what was withdrawn. */
export const waitingThings = async (db: Kysely<Database>): Promise<Waiting[]> => {
  const { rows } = await sql<Row>`
    select 'rebuild ' || id as what, waiting as reason, opened_at as since
      from rebuild where waiting is not null and state in ('collecting', 'planned', 'running')
    union all
    select 'build ' || nvr, waiting, updated_at
      from build where waiting is not null and ended_at is null
    union all
    select 'arch build ' || build.nvr || '.' || arch_build.arch, arch_build.waiting,
      coalesce(arch_build.held_since, arch_build.ready_at)
      from arch_build join build on build.id = arch_build.build
      where arch_build.waiting is not null and arch_build.ended_at is null
    union all
    select 'arch build ' || build.nvr || '.' || arch_build.arch,
      case when arch_build.loops_with is null
        then 'failed: ' || arch_build.error || '; \`flibs retry ' || build.nvr || '\` tries it again'
        else arch_build.error end,
      arch_build.ended_at
      from arch_build join build on build.id = arch_build.build
      where arch_build.state = 'failed' and build.state in ('building', 'failed') and not exists (
        select from build newer
        where newer.image = build.image and newer.id > build.id and newer.state not in ('cancelled', 'superseded')
      )
    union all
    select 'repository ' || repository || ' (' || distro_release || ', ' || arch || ')', error, checked_at
      from repository_state where error is not null
    union all
    select 'definition ' || folder, array_to_string(problems, '; '), since from definition_problem
    union all
    select 'tag ' || repository || ':' || name, problem, problem_since from tag where problem is not null
    union all
    select 'job ' || kind || ' ' || key, last_error, created_at
      from job where last_error is not null and state in ('waiting', 'running', 'dead')
    order by what
    limit ${most}`.execute(db);
  const waiting = rows.map(({ what, reason, since }) => ({
    what,
    reason,
    ...(since === null ? {} : { since: iso(since) }),
  }));
  return [...waiting, ...(await withdrawnContents(db, most))];
};

/** @param lease - seconds after which one that is not heard of counts as gone */
export const workers = async (db: Kysely<Database>, lease: number): Promise<Worker[]> => {
  const rows = await db
    .selectFrom('worker')
    .select(['name', 'arches', 'slots', 'announced_at'])
    .select(sql<boolean>`announced_at < now() - make_interval(secs => ${lease})`.as('gone'))
    .select((eb) =>
      eb
        .selectFrom('run')
        .select((inner) => inner.fn.countAll<number>().as('running'))
        .whereRef('run.worker', '=', 'worker.name')
        .where('run.state', 'in', ['requested', 'running'])
        .as('running'),
    )
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    arches: row.arches,
    slots: row.slots,
    running: row.running ?? 0,
    announcedAt: iso(row.announced_at),
    gone: row.gone,
  }));
};
