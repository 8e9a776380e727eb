/** From a satisfied gate to a release: after its parent and after whatever it carries, tags last. */
import type { z } from 'zod';
import type { Flow } from '../../runtime/consumer.ts';
import { afterBuildEnds } from '../ending/build-ends.ts';
import { endBuild } from '../ending/end-build.ts';
import { type Build, lockBuildByNvr, moveBuild } from '../move.ts';
import { nominateAgain } from '../nominating/nominate-again.ts';
import { candidateRepository, releaseRepository } from '../registry-paths.ts';
import type { Settings } from '../settings.ts';
import { sayReleased } from './release-event.ts';
import { type Release, releaseJob } from './release-job.ts';

/** Asks for a release where the gate is satisfied and nothing must come first; else says what it waits for. */
export const considerRelease = async (flow: Flow, settings: Settings, nvr: string): Promise<void> => {
  const build = await lockBuildByNvr(flow, nvr);
  if (build === undefined || (build.state !== 'testing' && build.state !== 'held')) return;
  if (!(await gateSatisfied(flow, build))) return;
  const newer = await newerRelease(flow, build);
  if (newer !== undefined) {
    await supersede(flow, settings, build, newer);
    return;
  }
  const waiting = (await parentUnreleased(flow, build)) ?? (await carriedUnreleased(flow, build));
  if (waiting !== undefined) {
    if (build.state === 'held') return;
    const held = await moveBuild(flow, build, 'held', waiting);
    if (held) await flow.tx.updateTable('build').set({ waiting }).where('id', '=', build.id).execute();
    return;
  }
  await beginRelease(flow, settings, build);
};

const gateSatisfied = async (flow: Flow, build: Build): Promise<boolean> => {
  const decision = await flow.tx
    .selectFrom('decision')
    .select('state')
    .where('build', '=', build.id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return decision?.state === 'satisfied';
};

/** An older candidate whose result comes late never moves tags back. */
const newerRelease = async (flow: Flow, build: Build): Promise<string | undefined> => {
  const row = await flow.tx
    .selectFrom('build')
    .select('nvr')
    .where('image', '=', build.image)
    .where('id', '>', build.id)
    .where('state', 'in', ['releasing', 'released'])
    .limit(1)
    .executeTakeFirst();
  return row?.nvr;
};

const supersede = async (flow: Flow, settings: Settings, build: Build, newer: string): Promise<void> => {
  const [, ...dependants] = await endBuild(flow, settings, build, 'superseded', `${newer} is newer`);
  await nominateAgain(flow, build, dependants, `superseded by ${newer}`);
};

const parentUnreleased = async (flow: Flow, build: Build): Promise<string | undefined> => {
  if (build.parent_build === null) return undefined;
  const parent = await flow.tx
    .selectFrom('build')
    .select(['nvr', 'state', 'baseline'])
    .where('id', '=', build.parent_build)
    .executeTakeFirstOrThrow();
  if (parent.state === 'unchanged') return baselineUnreleased(flow, parent);
  return parent.state === 'released'
    ? undefined
    : `its parent ${parent.nvr} is not released yet (${parent.state})`;
};

/** What is made upon an unchanged build is made upon its baseline. */
const baselineUnreleased = async (
  flow: Flow,
  parent: Pick<Build, 'baseline'>,
): Promise<string | undefined> => {
  if (parent.baseline === null) return undefined;
  const baseline = await flow.tx
    .selectFrom('build')
    .select(['nvr', 'state'])
    .where('nvr', '=', parent.baseline)
    .executeTakeFirst();
  if (baseline === undefined || baseline.state === 'released') return undefined;
  return `its parent ${baseline.nvr} is not released yet (${baseline.state})`;
};

const carriedUnreleased = async (flow: Flow, build: Build): Promise<string | undefined> => {
  const row = await flow.tx
    .selectFrom('index_entry')
    .innerJoin('build as origin', 'origin.nvr', 'index_entry.carried_from')
    .select(['index_entry.arch', 'origin.nvr', 'origin.state'])
    .where('index_entry.build', '=', build.id)
    .where('origin.state', '!=', 'released')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : `${row.arch} is carried from ${row.nvr}, which is ${row.state}`;
};

const beginRelease = async (flow: Flow, settings: Settings, build: Build): Promise<void> => {
  const to = releaseRepository(settings, build.image);
  const tags = [`${build.version}-${build.release_number}`, build.version, 'latest'];
  const moved = await moveBuild(flow, build, 'releasing', 'the gate is satisfied');
  if (!moved || build.index_digest === null) return;
  for (const name of tags) {
    const row = {
      desired: build.index_digest,
      nvr: build.nvr,
      seq: build.id,
      verified_at: null,
      problem: null,
      problem_since: null,
    };
    await flow.tx
      .insertInto('tag')
      .values({ repository: to, name, ...row })
      .onConflict((oc) => oc.columns(['repository', 'name']).doUpdateSet(row).where('tag.seq', '<', build.id))
      .execute();
  }
  const inputs: z.input<typeof Release> = {
    nvr: build.nvr,
    image: build.image,
    indexDigest: build.index_digest,
    from: candidateRepository(settings, build.image),
    to,
    tags,
  };
  await flow.job({ kind: releaseJob, key: build.nvr, inputs });
};

/** Copied and tagged, and both were verified: the completion event is said. */
export const released = async (flow: Flow, release: Release): Promise<void> => {
  const build = await lockBuildByNvr(flow, release.nvr);
  if (build?.state !== 'releasing') return;
  const previous = await flow.tx
    .selectFrom('build')
    .selectAll()
    .where('image', '=', build.image)
    .where('state', '=', 'released')
    .where('id', '<', build.id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const moved = await moveBuild(flow, build, 'released', 'its tags point to it', { ended_at: flow.now });
  if (!moved) return;
  await flow.tx
    .updateTable('tag')
    .set({ verified_at: flow.now })
    .where('repository', '=', release.to)
    .where('desired', '=', release.indexDigest)
    .execute();
  await sayReleased(flow, moved, previous, release);
  await afterBuildEnds(flow, moved);
};

/**
 * Builds that waited for this one: made upon it, or carrying one of its arches. One that is being held this moment
 * still shows as `testing`; its lock is waited for.
 */
export const considerWaiting = async (flow: Flow, settings: Settings, nvr: string): Promise<void> => {
  const waiting = await flow.tx
    .selectFrom('build')
    .select(['id', 'nvr'])
    .where('state', 'in', ['testing', 'held'])
    .where((eb) =>
      eb.or([
        eb(
          'parent_build',
          'in',
          // What is made upon an unchanged build is made upon its baseline.
          eb
            .selectFrom('build as parent')
            .select('parent.id')
            .where((or) =>
              or.or([
                or('parent.nvr', '=', nvr),
                or.and([or('parent.state', '=', 'unchanged'), or('parent.baseline', '=', nvr)]),
              ]),
            ),
        ),
        eb(
          'id',
          'in',
          eb.selectFrom('index_entry').select('index_entry.build').where('carried_from', '=', nvr),
        ),
      ]),
    )
    .orderBy('id')
    .execute();
  for (const build of waiting) await considerRelease(flow, settings, build.nvr);
};
