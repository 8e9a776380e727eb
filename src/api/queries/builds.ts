/** Builds with their arch builds. */
import type { Kysely, Selectable } from 'kysely';
import type { ArchBuildTable, BuildTable } from '../../store/build-tables.ts';
import type { Database } from '../../store/database.ts';
import type { ArchBuild, Build } from '../wire/rebuild.ts';
import { reasonsInWords } from './reasons.ts';
import { iso, isoOrNull } from './time.ts';

type ArchBuildRow = Selectable<ArchBuildTable> & { worker: string | null };
type BuildRow = Selectable<BuildTable> & { parent_nvr: string | null };

const archBuildOf = (row: ArchBuildRow): ArchBuild => ({
  arch: row.arch,
  state: row.state,
  waiting: row.waiting,
  reasons: reasonsInWords(row.reasons),
  failureClass: row.failure_class,
  error: row.error,
  attempts: row.attempts,
  worker: row.worker,
  manifestDigest: row.manifest_digest,
  readyAt: isoOrNull(row.ready_at),
  endedAt: isoOrNull(row.ended_at),
});

const buildOf = (row: BuildRow, archBuilds: readonly ArchBuildRow[]): Build => ({
  nvr: row.nvr,
  image: row.image,
  state: row.state,
  severity: row.severity,
  waiting: row.waiting,
  byHand: row.by_hand,
  baseline: row.baseline,
  parentBuild: row.parent_nvr,
  indexDigest: row.index_digest,
  pullspec: row.pullspec,
  createdAt: iso(row.created_at),
  endedAt: isoOrNull(row.ended_at),
  archBuilds: archBuilds.filter((archBuild) => archBuild.build === row.id).map(archBuildOf),
});

/** The builds of these ids, oldest first. */
export const buildsById = async (db: Kysely<Database>, ids: readonly number[]): Promise<Build[]> => {
  if (ids.length === 0) return [];
  const builds = await db
    .selectFrom('build')
    .leftJoin('build as parent', 'parent.id', 'build.parent_build')
    .selectAll('build')
    .select('parent.nvr as parent_nvr')
    .where('build.id', 'in', [...ids])
    .orderBy('build.id')
    .execute();
  const archBuilds = await db
    .selectFrom('arch_build')
    .leftJoin('run', 'run.id', 'arch_build.run')
    .selectAll('arch_build')
    .select('run.worker as worker')
    .where('arch_build.build', 'in', [...ids])
    .orderBy('arch_build.build')
    .orderBy('arch_build.arch')
    .execute();
  return builds.map((row) => buildOf(row, archBuilds));
};
