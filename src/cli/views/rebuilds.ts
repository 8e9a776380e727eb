/** Rebuilds, for people. */
import type { ArchBuild, Build, Cause, RebuildBrief, RebuildDetail } from '../../api/wire/rebuild.ts';
import { counts, facts, section, shortDigest, table, when } from '../text-table.ts';

export const rebuildsText = (rebuilds: readonly RebuildBrief[]): string =>
  table(
    ['rebuild', 'release', 'state', 'because of', 'severity', 'opened', 'arch builds', 'waiting for'],
    rebuilds.map((rebuild) => [
      rebuild.id,
      rebuild.distroRelease,
      rebuild.state,
      rebuild.reference,
      rebuild.severity,
      when(rebuild.openedAt),
      counts(rebuild.archBuilds),
      rebuild.waiting,
    ]),
    'no rebuilds yet',
  );

const stateOf = ({ state, failureClass, error, waiting }: ArchBuild): string => {
  if (error !== null) return `${state}${failureClass === null ? '' : ` (${failureClass})`}: ${error}`;
  return waiting === null ? state : `${state}, waits: ${waiting}`;
};

const archBuildLine = (archBuild: ArchBuild): readonly (string | null)[] => [
  archBuild.arch,
  stateOf(archBuild),
  archBuild.worker,
  shortDigest(archBuild.manifestDigest),
  archBuild.reasons.join('; '),
];

export const archBuildsText = (archBuilds: readonly ArchBuild[]): string =>
  table(['arch', 'state', 'worker', 'manifest', 'because'], archBuilds.map(archBuildLine), 'no arch builds');

const buildText = (build: Build): string => {
  const wait = build.waiting === null ? '' : `, waits: ${build.waiting}`;
  const index = build.indexDigest === null ? '' : `, index ${shortDigest(build.indexDigest)}`;
  const heading = `${build.nvr}: ${build.state}${wait}${index}`;
  return section(heading, archBuildsText(build.archBuilds));
};

export const causesText = (causes: readonly Cause[]): string =>
  table(
    ['nomination', 'kind', 'reference', 'names', 'message', 'topic'],
    causes.map((cause) => [
      cause.nomination,
      cause.kind,
      cause.reference,
      cause.targets.join(', '),
      cause.messageId,
      cause.topic,
    ]),
    'none is known',
  );

const seconds = (value: number | undefined): string => (value === undefined ? '-' : `${value.toFixed(1)} s`);

/** How near it came to what no order of its work could stay below. */
const scheduleText = (schedule: RebuildDetail['schedule']): string => {
  if (schedule === null) return '';
  const { boundSeconds: bound } = schedule;
  const nearness =
    bound === undefined || bound === 0 ? '' : `, ${(schedule.seconds / bound).toFixed(2)} times the least`;
  const lines = facts([
    ['took', `${seconds(schedule.seconds)}${nearness}`],
    ['the least', seconds(bound)],
    ['longest chain', seconds(schedule.criticalPathSeconds)],
  ]);
  const pools = table(
    ['pool', 'slots', 'arch builds', 'work', 'the least'],
    schedule.pools.map((pool) => [
      pool.arch,
      pool.slots,
      pool.archBuilds,
      seconds(pool.workSeconds),
      seconds(pool.boundSeconds),
    ]),
    '',
  );
  return section('schedule', `${lines}${pools}`);
};

export const rebuildText = (rebuild: RebuildDetail): string =>
  [
    facts([
      ['rebuild', rebuild.id],
      ['distro release', rebuild.distroRelease],
      ['state', rebuild.state],
      ['waits', rebuild.waiting],
      ['severity', rebuild.severity],
      ['opened', when(rebuild.openedAt)],
      ['planned', when(rebuild.plannedAt)],
      ['finished', when(rebuild.finishedAt)],
      ['arch builds', counts(rebuild.archBuilds)],
    ]),
    section(
      'history',
      table(
        ['at', 'state', 'because'],
        rebuild.history.map(({ at, state, reason }) => [when(at), state, reason]),
        '',
      ),
    ),
    scheduleText(rebuild.schedule),
    section('causes', causesText(rebuild.causes)),
    ...rebuild.builds.map(buildText),
    section(
      'left alone',
      table(
        ['image', 'arch', 'because'],
        rebuild.leftAlone.map(({ image, arch, reason }) => [image, arch ?? 'all', reason]),
        '',
      ),
    ),
  ].join('');
