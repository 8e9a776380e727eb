/** What follows when an arch build ends: its children become ready, are unchanged too, or wait for it to be retried. */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Report } from '../../../schemas/commands/run.ts';
import { ArchBuildFailed, ArchBuildFinished, type FailureClass } from '../../../schemas/events/building.ts';
import { ArtifactDigest, ContentId, ImageName, ManifestDigest, Nvr, RunId } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { begunNow } from '../begun.ts';
import { pauseAfter } from '../dispatching/attempts.ts';
import { type ArchBuild, lockBuild, moveArchBuild } from '../move.ts';
import { moveArchBuilds } from '../move-many.ts';
import type { Settings } from '../settings.ts';
import { considerAssembly } from './assemble.ts';
import { considerBuildEnd, ended } from './build-ends.ts';
import { loopOf, tellLoop } from './loop-guard.ts';
import { unchangedParents } from './unchanged-parents.ts';

type Built = Extract<Report, { kind: 'built' }>;

/** A worker made the image, or found that it is what the baseline is. */
export const finishArchBuild = async (
  flow: Flow,
  settings: Settings,
  archBuild: ArchBuild,
  nvr: string,
  built: Built,
): Promise<void> => {
  const { arch, image } = archBuild;
  const made = { nvr: Nvr.parse(nvr), image: ImageName.parse(image), arch, contentId: built.contentId };
  const loop = built.outcome === 'succeeded' ? await loopOf(flow, archBuild, made) : undefined;
  if (loop !== undefined) {
    await tellLoop(flow, archBuild, made, loop);
    const { run, log } = built;
    return failArchBuild(flow, settings, archBuild, nvr, {
      failureClass: 'content',
      error: loop.reason,
      run,
      log,
    });
  }
  const reason = built.outcome === 'unchanged' ? 'the content is what the baseline has' : 'built';
  const moved = await moveArchBuild(flow, archBuild, built.outcome, reason, {
    manifest_digest: built.manifestDigest,
    content_id: built.contentId,
    content_list: built.contentList,
    recipe: built.recipe ?? null,
    log: built.log,
    ended_at: flow.now,
    // Of an earlier attempt.
    error: null,
    failure_class: null,
  });
  if (!moved) return;
  await flow.say(ArchBuildFinished, {
    schemaVersion: 1,
    aggregate: { kind: 'archbuild', id: String(moved.id), seq: moved.seq },
    nvr: Nvr.parse(nvr),
    image: ImageName.parse(moved.image),
    arch: moved.arch,
    outcome: built.outcome,
    run: built.run,
    manifestDigest: ManifestDigest.parse(built.manifestDigest),
    contentId: ContentId.parse(built.contentId),
    contentList: ArtifactDigest.parse(built.contentList),
    log: ArtifactDigest.parse(built.log),
  });
  await releaseChildren(flow, settings, moved);
};

/** Counters under the parent's own transition: the last parent makes a child ready, or unchanged like itself. */
const releaseChildren = async (flow: Flow, settings: Settings, parent: ArchBuild): Promise<void> => {
  const children = await flow.tx
    .updateTable('arch_build')
    .set((eb) => ({ unmet: eb('unmet', '-', 1) }))
    .where(sql<boolean>`arch_build.id in (${childrenOf(parent.id)})`)
    // What another parent has failed will not count this one again once that is retried.
    .where('state', 'in', ['blocked', 'held', 'parent_failed'])
    .returningAll()
    .execute();
  const free = children
    .filter(({ unmet, state }) => unmet === 0 && state === 'blocked')
    .sort((a, b) => a.id - b.id);
  const unchanged = await unchangedParents(flow, free);
  const isUnchangedToo = ({ id, reasons }: ArchBuild): boolean => {
    const following = Following.safeParse(reasons);
    return following.success && following.data.every((reason) => unchanged.get(id)?.has(reason.parent));
  };
  const reason =
    parent.state === 'unchanged'
      ? `parent ${parent.image} is unchanged; there is a reason of its own`
      : `parent ${parent.image} is built on ${parent.arch}`;
  const ready = free.filter((child) => !isUnchangedToo(child));
  await moveArchBuilds(flow, ready, 'ready', reason, { ready_at: flow.now, cause: begunNow(flow) });
  for (const child of free.filter(isUnchangedToo))
    await leaveUnchanged(flow, settings, child, `parent ${parent.image} is unchanged`);
};

/** Over layer and build-only edges. */
export const childrenOf = (parent: number) => sql<number>`
  select id from arch_build where parent_arch_build = ${parent}
  union select arch_build from build_only_parent where parent = ${parent}`;

/** Reasons that follow from a parent's, all of them. */
const Following = z.array(z.object({ kind: z.enum(['inherited', 'build-parent']), parent: z.string() }));

/** It stays what it is in the baseline; what waited only for it does so too. */
export const leaveUnchanged = async (
  flow: Flow,
  settings: Settings,
  archBuild: ArchBuild,
  reason: string,
): Promise<void> => {
  const baseline = await flow.tx
    .selectFrom('current')
    .select('manifest')
    .where('image', '=', archBuild.image)
    .where('arch', '=', archBuild.arch)
    .executeTakeFirst();
  const moved = await moveArchBuild(flow, archBuild, 'unchanged', reason, {
    manifest_digest: baseline?.manifest ?? null,
    ended_at: flow.now,
  });
  if (moved) await releaseChildren(flow, settings, moved);
  await considerBuildEnd(flow, settings, archBuild.build);
};

interface Failure {
  readonly failureClass: FailureClass;
  readonly error: string;
  readonly run?: string;
  readonly log?: string | undefined;
}

/** An infrastructure failure is tried again as another run, up to a limit; others wait for a person or a new source. */
export const failArchBuild = async (
  flow: Flow,
  settings: Settings,
  archBuild: ArchBuild,
  nvr: string,
  failure: Failure,
): Promise<void> => {
  const attempts = archBuild.attempts + 1;
  const told = { attempts, error: failure.error, failure_class: failure.failureClass, run: null };
  if (failure.failureClass === 'infrastructure' && attempts < settings.runAttempts) {
    const pause = pauseAfter(attempts);
    const readyAt = new Date(flow.now.getTime() + pause * 1000);
    const waiting = `attempt ${attempts} failed, tried again in ${pause} s: ${failure.error}`;
    await moveArchBuild(flow, archBuild, 'ready', waiting, { ...told, waiting, ready_at: readyAt });
    return;
  }
  const moved = await moveArchBuild(flow, archBuild, 'failed', failure.error, {
    ...told,
    log: failure.log ?? null,
    ended_at: flow.now,
  });
  if (!moved) return;
  await flow.say(ArchBuildFailed, {
    schemaVersion: 1,
    aggregate: { kind: 'archbuild', id: String(moved.id), seq: moved.seq },
    nvr: Nvr.parse(nvr),
    image: ImageName.parse(moved.image),
    arch: moved.arch,
    ...(failure.run === undefined ? {} : { run: RunId.parse(failure.run) }),
    failureClass: failure.failureClass,
    error: failure.error.slice(0, 4096),
  });
  await failDescendants(flow, settings, moved);
  await considerWithout(flow, settings, moved.build);
};

/** Descendants on the arch wait as `parent_failed` until the parent is retried. */
const failDescendants = async (flow: Flow, settings: Settings, parent: ArchBuild): Promise<void> => {
  const waiting = await flow.tx
    .selectFrom('arch_build')
    .selectAll()
    .where('id', 'in', descendantsOf(parent.id))
    .where('state', 'in', ['blocked', 'held'])
    .orderBy('id')
    .forUpdate()
    .execute();
  const why = `parent ${parent.image} failed on ${parent.arch}`;
  const moved = await moveArchBuilds(flow, waiting, 'parent_failed', why);
  for (const build of await withoutOpenArches(flow, moved)) await considerWithout(flow, settings, build);
};

const descendantsOf = (parent: number) => sql<number>`(
  with recursive below(id) as (
    ${childrenOf(parent)}
    union
    select child.id from below cross join lateral (
      select id from arch_build where parent_arch_build = below.id
      union all
      select arch_build from build_only_parent where build_only_parent.parent = below.id
    ) child
  ) select id from below)`;

/** Builds of these, by id, that no arch build keeps open. */
const withoutOpenArches = async (flow: Flow, of: readonly ArchBuild[]): Promise<readonly number[]> => {
  const builds = [...new Set(of.map(({ build }) => build))];
  const { rows } = await sql<{ build: number }>`
    select build from arch_build where build = any(${builds}::bigint[])
    group by build having bool_and(state = any(${[...ended]}::text[])) order by build`.execute(flow.tx);
  return rows.map(({ build }) => build);
};

/** One arch less to wait for: the build cannot be completed, or goes on with the others. */
export const considerWithout = async (flow: Flow, settings: Settings, id: number): Promise<void> => {
  await considerBuildEnd(flow, settings, id);
  const build = await lockBuild(flow, id);
  if (build?.state === 'building') await considerAssembly(flow, settings, build.nvr);
};
