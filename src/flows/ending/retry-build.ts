/** Another try at what has failed for good. */
import { sql } from 'kysely';
import type { Arch } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { type Did, existing } from '../asking/did.ts';
import { begunNow } from '../begun.ts';
import { type ArchBuild, type Build, lockArchBuilds, lockBuild, moveArchBuild, moveBuild } from '../move.ts';
import { refuseWherePaused } from '../pausing/in-force.ts';
import { wakeHolds } from '../planning/held.ts';
import { Refused } from '../refused.ts';
import { childrenOf } from './arch-build-ends.ts';
import { assembleJob } from './assemble.ts';

const byAPerson = 'a person tries it again';

/**
 * Tries failed arch builds again; arches that succeeded are kept, and children wait for them once more.
 *
 * @throws Refused where nothing of it can be tried again
 */
export const retryBuild = (flow: Flow, nvr: string, arch?: Arch): Promise<Did> =>
  tryAgain(flow, nvr, { arch, because: byAPerson });

interface Trying {
  /** Undefined: all that failed. */
  readonly arch?: Arch | undefined;
  readonly because: string;
}

/** @throws Refused as {@link retryBuild} does */
export const tryAgain = async (flow: Flow, nvr: string, { arch, because }: Trying): Promise<Did> => {
  const build = await existing(flow, nvr);
  if (build.state !== 'failed' && build.state !== 'building') {
    throw new Refused('conflict', `${nvr} is ${build.state}`, 'only a failed build can be tried again');
  }
  await refuseWherePaused(flow, build.image);
  const archBuilds = await lockArchBuilds(flow, build.id);
  const failed = archBuilds.filter(
    (each) => each.state === 'failed' && (arch === undefined || each.arch === arch),
  );
  if (failed.length === 0 && build.state === 'failed' && arch === undefined)
    return retryAssembly(flow, build, because);
  if (failed.length === 0) {
    throw new Refused(
      'conflict',
      `no arch build of ${nvr}${arch === undefined ? '' : ` on ${arch}`} has failed`,
    );
  }
  await reviveBuild(flow, build, because);
  for (const archBuild of failed) {
    await moveArchBuild(flow, archBuild, 'ready', because, retried(flow));
    await reviveChildren(flow, archBuild);
  }
  await reviveWaiting(flow, build);
  return { did: `${nvr} is tried again on ${failed.map((each) => each.arch).join(', ')}`, nvr };
};

const retried = (flow: Flow) => ({
  attempts: 0,
  error: null,
  failure_class: null,
  ended_at: null,
  ready_at: flow.now,
  cause: begunNow(flow),
});

const retryAssembly = async (flow: Flow, build: Build, because: string): Promise<Did> => {
  await reviveBuild(flow, build, because);
  const job = await flow.tx
    .selectFrom('job')
    .select('inputs')
    .where('kind', '=', assembleJob)
    .where('key', '=', build.nvr)
    .executeTakeFirst();
  if (job === undefined) throw new Refused('conflict', `nothing of ${build.nvr} can be tried again`);
  await flow.job({ kind: assembleJob, key: build.nvr, inputs: job.inputs, again: true });
  return { did: `the index of ${build.nvr} is assembled again`, nvr: build.nvr };
};

/** A failed build goes on, unless a newer one of the image is under way: one build before `candidate` per image. */
const reviveBuild = async (flow: Flow, build: Build, because: string): Promise<void> => {
  const newer = await newerThan(flow, build);
  if (newer !== undefined) {
    throw new Refused('conflict', `${newer} is newer than ${build.nvr}`, `look at \`flibs why ${newer}\``);
  }
  await revived(flow, build, because);
};

const revived = async (flow: Flow, build: Build, because: string): Promise<void> => {
  if (build.state !== 'failed') return;
  await moveBuild(flow, build, 'building', because, { ended_at: null });
};

const newerThan = async (flow: Flow, build: Build): Promise<string | undefined> => {
  const row = await flow.tx
    .selectFrom('build')
    .select('nvr')
    .where('image', '=', build.image)
    .where('id', '>', build.id)
    .where('state', 'not in', ['failed', 'cancelled', 'superseded', 'unchanged'])
    .limit(1)
    .executeTakeFirst();
  return row?.nvr;
};

const reviveChildren = async (flow: Flow, parent: ArchBuild): Promise<void> => {
  const children = await flow.tx
    .selectFrom('arch_build')
    .selectAll()
    .where(sql<boolean>`arch_build.id in (${childrenOf(parent.id)})`)
    .where('state', '=', 'parent_failed')
    .orderBy('id')
    .execute();
  for (const child of children) {
    const build = await lockBuild(flow, child.build);
    // What has been replaced meanwhile stays as it is, and what another parent holds back.
    if (build === undefined || (await newerThan(flow, build)) !== undefined) continue;
    if (await hasFailedParent(flow, child)) continue;
    const because = `parent ${parent.image} is tried again`;
    await revived(flow, build, because);
    const state = child.held_since === null ? 'blocked' : 'held';
    await moveArchBuild(flow, child, state, because);
    // Says what it waits for.
    if (state === 'held') await wakeHolds(flow, build.distro_release);
    await reviveChildren(flow, child);
  }
};

const hasFailedParent = async (flow: Flow, child: ArchBuild): Promise<boolean> => {
  const { rows } = await sql`
    select from arch_build parent where parent.state in ('failed', 'parent_failed')
      and (parent.id = ${child.parent_arch_build}
        or parent.id in (select parent from build_only_parent where arch_build = ${child.id}))
    limit 1`.execute(flow.tx);
  return rows.length > 0;
};

/** Children that had built everything of their own wait for the parent's index again. */
const reviveWaiting = async (flow: Flow, parent: Build): Promise<void> => {
  const children = await flow.tx
    .selectFrom('build')
    .selectAll()
    .where('parent_build', '=', parent.id)
    .where('state', '=', 'failed')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('arch_build')
            .select('arch_build.id')
            .whereRef('arch_build.build', '=', 'build.id')
            .where('arch_build.state', 'in', ['failed', 'parent_failed']),
        ),
      ),
    )
    .orderBy('id')
    .forUpdate()
    .execute();
  const because = `parent ${parent.image} is tried again`;
  for (const child of children)
    if ((await newerThan(flow, child)) === undefined) await revived(flow, child, because);
};
