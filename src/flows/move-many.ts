/** The same move for many at once, in as many statements as for one. Callers hold the rows' locks. */
import { sql, type Updateable } from 'kysely';
import type { Flow } from '../runtime/consumer.ts';
import type { ArchBuildTable, BuildTable } from '../store/build-tables.ts';
import { type ArchBuild, type Build, nothingAwaited, recordTransitions } from './move.ts';

/** @returns those that moved, as they are now, by id; a refused one is recorded and left as it is. */
export const moveArchBuilds = async (
  flow: Flow,
  archBuilds: readonly ArchBuild[],
  to: ArchBuild['state'],
  reason: string,
  changes: Updateable<ArchBuildTable> = {},
): Promise<readonly ArchBuild[]> => {
  const movings = archBuilds.map(({ id, image, arch, state }) => {
    return { kind: 'archBuild' as const, id, subject: `${image}.${arch}`, from: state, to, reason };
  });
  const moving = await recordTransitions(flow, movings);
  if (moving.length === 0) return [];
  flow.log.info({ archBuilds: moving.length, to, reason }, `arch builds: ${to}`);
  const moved = await flow.tx
    .updateTable('arch_build')
    .set((eb) => ({ ...nothingAwaited, ...changes, state: to, seq: eb('seq', '+', 1) }))
    .where(sql<boolean>`id = any(${moving.map(({ id }) => id)}::bigint[])`)
    .returningAll()
    .execute();
  return moved.sort((a, b) => a.id - b.id);
};

/** As `moveArchBuilds`. */
export const moveBuilds = async (
  flow: Flow,
  builds: readonly Build[],
  to: Build['state'],
  reason: string,
  changes: Updateable<BuildTable> = {},
): Promise<readonly Build[]> => {
  const movings = builds.map(({ id, nvr, state }) => {
    return { kind: 'build' as const, id, subject: nvr, from: state, to, reason };
  });
  const moving = await recordTransitions(flow, movings);
  if (moving.length === 0) return [];
  flow.log.info({ builds: moving.length, to, reason }, `builds: ${to}`);
  const moved = await flow.tx
    .updateTable('build')
    .set((eb) => ({ waiting: null, ...changes, state: to, seq: eb('seq', '+', 1), updated_at: flow.now }))
    .where(sql<boolean>`id = any(${moving.map(({ id }) => id)}::bigint[])`)
    .returningAll()
    .execute();
  return moved.sort((a, b) => a.id - b.id);
};
