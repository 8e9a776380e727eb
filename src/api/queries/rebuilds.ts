/** Rebuilds, with how many builds and arch builds are in which state. */
import type { Kysely, Selectable } from 'kysely';
import type { Database } from '../../store/database.ts';
import type { RebuildTable } from '../../store/planning-tables.ts';
import type { RebuildBrief, RebuildDetail } from '../wire/rebuild.ts';
import { buildsById } from './builds.ts';
import { causesOf } from './causes.ts';
import { iso, isoOrNull } from './time.ts';

interface CountRow {
  readonly rebuild: number;
  readonly state: string;
  readonly count: number;
}
type Brief = Omit<RebuildBrief, 'builds' | 'archBuilds'>;

const briefOf = (row: Selectable<RebuildTable>): Brief => ({
  id: row.id,
  distroRelease: row.distro_release,
  state: row.state,
  severity: row.severity,
  reference: row.reference,
  waiting: row.waiting,
  openedAt: iso(row.opened_at),
  closeAt: iso(row.close_at),
  plannedAt: isoOrNull(row.planned_at),
  finishedAt: isoOrNull(row.finished_at),
});

const countsFor = (rows: readonly CountRow[], rebuild: number): Record<string, number> =>
  Object.fromEntries(rows.filter((row) => row.rebuild === rebuild).map(({ state, count }) => [state, count]));

const countBuilds = (db: Kysely<Database>, rebuilds: readonly number[]): Promise<CountRow[]> =>
  db
    .selectFrom('build_cause')
    .innerJoin('build', 'build.id', 'build_cause.build')
    .select((eb) => ['build_cause.rebuild', 'build.state', eb.fn.countAll<number>().as('count')])
    .where('build_cause.rebuild', 'in', [...rebuilds])
    .groupBy(['build_cause.rebuild', 'build.state'])
    .execute();

const countArchBuilds = (db: Kysely<Database>, rebuilds: readonly number[]): Promise<CountRow[]> =>
  db
    .selectFrom('build_cause')
    .innerJoin('arch_build', 'arch_build.build', 'build_cause.build')
    .select((eb) => ['build_cause.rebuild', 'arch_build.state', eb.fn.countAll<number>().as('count')])
    .where('build_cause.rebuild', 'in', [...rebuilds])
    .groupBy(['build_cause.rebuild', 'arch_build.state'])
    .execute();

/** The newest rebuilds, newest first. */
export const listRebuilds = async (db: Kysely<Database>, limit: number): Promise<RebuildBrief[]> => {
  const rows = await db.selectFrom('rebuild').selectAll().orderBy('id', 'desc').limit(limit).execute();
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const [builds, archBuilds] = await Promise.all([countBuilds(db, ids), countArchBuilds(db, ids)]);
  return rows.map((row) => ({
    ...briefOf(row),
    builds: countsFor(builds, row.id),
    archBuilds: countsFor(archBuilds, row.id),
  }));
};

/** Undefined where there is no such rebuild. */
export const rebuildDetail = async (db: Kysely<Database>, id: number): Promise<RebuildDetail | undefined> => {
  const row = await db.selectFrom('rebuild').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  const caused = await db.selectFrom('build_cause').select('build').where('rebuild', '=', id).execute();
  const leftAlone = await db
    .selectFrom('left_alone')
    .select(['image', 'arch', 'text as reason'])
    .where('rebuild', '=', id)
    .orderBy('image')
    .orderBy('arch')
    .execute();
  const history = await db
    .selectFrom('transition')
    .select(['to_state as state', 'reason', 'at'])
    .where('kind', '=', 'rebuild')
    .where('entity', '=', id)
    .where('refused', '=', false)
    .orderBy('id')
    .execute();
  return {
    ...briefOf(row),
    history: history.map(({ at, ...moved }) => ({ ...moved, at: iso(at) })),
    archBuilds: countsFor(await countArchBuilds(db, [id]), id),
    causes: await causesOf(db, id),
    builds: await buildsById(
      db,
      caused.map(({ build }) => build),
    ),
    leftAlone,
    schedule: row.schedule,
  };
};
