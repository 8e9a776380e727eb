/** When a build can get no further: every arch unchanged, or one failed and the others ended. */
import { ImageFailed, ImageUnchanged } from '../../../schemas/events/building.ts';
import { ImageName, Nvr } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { type ArchBuild, type Build, lockArchBuilds, lockBuild, moveBuild } from '../move.ts';
import { nominateFollowUps } from '../nominating/follow-ups.ts';
import type { Settings } from '../settings.ts';
import { forgiven } from './best-effort.ts';
import { considerRebuildEnd } from './rebuild-ends.ts';

/** Arch builds of which nothing more comes by itself. */
export const ended: readonly ArchBuild['state'][] = [
  'succeeded',
  'unchanged',
  'failed',
  'parent_failed',
  'cancelled',
  'superseded',
];

/** Looks at the arch builds of a build under way; ends it as `unchanged` or `failed` where that is what they say. */
export const considerBuildEnd = async (flow: Flow, settings: Settings, id: number): Promise<void> => {
  const build = await lockBuild(flow, id);
  if (build === undefined || (build.state !== 'planned' && build.state !== 'building')) return;
  const archBuilds = await lockArchBuilds(flow, id);
  if (archBuilds.some((archBuild) => !ended.includes(archBuild.state))) return;
  if (archBuilds.every((archBuild) => archBuild.state === 'unchanged')) return endUnchanged(flow, build);
  const without = await forgiven(flow, build, archBuilds);
  const goesOn = archBuilds.some((archBuild) => archBuild.state === 'succeeded');
  const failed = archBuilds.filter(
    ({ id, state }) => (state === 'failed' || state === 'parent_failed') && !(goesOn && without.has(id)),
  );
  if (failed.length > 0) return endFailed(flow, settings, build, failed);
  const parent = await lostParent(flow, build);
  if (parent !== undefined) await failBuild(flow, settings, build, `its parent ${parent} failed`);
};

/** The parent build, if it has failed: no index will hold the manifests that this build was made upon. */
const lostParent = async (flow: Flow, build: Build): Promise<string | undefined> => {
  if (build.parent_build === null) return undefined;
  const row = await flow.tx
    .selectFrom('build')
    .select('nvr')
    .where('id', '=', build.parent_build)
    .where('state', '=', 'failed')
    .executeTakeFirst();
  return row?.nvr;
};

const endUnchanged = async (flow: Flow, build: Build): Promise<void> => {
  const moved = await moveBuild(flow, build, 'unchanged', 'every arch has the content of the baseline', {
    ended_at: flow.now,
  });
  if (!moved) return;
  await flow.say(ImageUnchanged, {
    schemaVersion: 1,
    aggregate: { kind: 'build', id: String(moved.id), seq: moved.seq },
    nvr: Nvr.parse(moved.nvr),
    image: ImageName.parse(moved.image),
    baseline: Nvr.parse(moved.baseline ?? moved.nvr),
  });
  await afterBuildEnds(flow, moved);
};

const endFailed = (
  flow: Flow,
  settings: Settings,
  build: Build,
  failed: readonly ArchBuild[],
): Promise<void> => {
  const reasons = failed.map((archBuild) => `${archBuild.arch}: ${archBuild.error ?? 'its parent failed'}`);
  return failBuild(flow, settings, build, reasons.join('; '));
};

/** A build that cannot be completed, and says why. */
export const failBuild = async (flow: Flow, settings: Settings, build: Build, why: string): Promise<void> => {
  const reason = why.slice(0, 4096);
  const moved = await moveBuild(flow, build, 'failed', reason, { ended_at: flow.now });
  if (!moved) return;
  await flow.say(ImageFailed, {
    schemaVersion: 1,
    aggregate: { kind: 'build', id: String(moved.id), seq: moved.seq },
    nvr: Nvr.parse(moved.nvr),
    image: ImageName.parse(moved.image),
    reason,
  });
  await endChildrenOfFailed(flow, settings, moved);
  await afterBuildEnds(flow, moved);
};

/** Children whose own arches are all built would wait for this build's index for ever. */
const endChildrenOfFailed = async (flow: Flow, settings: Settings, parent: Build): Promise<void> => {
  const children = await flow.tx
    .selectFrom('build')
    .select('id')
    .where('parent_build', '=', parent.id)
    .where('state', 'in', ['planned', 'building'])
    .orderBy('id')
    .execute();
  for (const { id } of children) await considerBuildEnd(flow, settings, id);
};

/** What has waited for this build to end: its rebuilds' reports, and causes that came while it was under way. */
export const afterBuildEnds = async (flow: Flow, build: Build): Promise<void> => {
  await considerRebuildEnd(flow, build.id);
  await nominateFollowUps(flow, build);
};
