/** What a person asks for: a build, a cancellation, another try, another look at the definitions. */

import { ImageDefinition } from '../../schemas/files/image.ts';
import type { Arch } from '../../schemas/ids.ts';
import { ImageName } from '../../schemas/ids.ts';
import type { Flow } from '../runtime/consumer.ts';
import { assembleJob } from './assemble.ts';
import { begunNow } from './begun.ts';
import { wantDefinitions } from './definitions.ts';
import { endBuild } from './end-build.ts';
import {
  type ArchBuild,
  type Build,
  lockArchBuilds,
  lockBuild,
  lockBuildByNvr,
  moveArchBuild,
  moveBuild,
  moveRebuild,
} from './move.ts';
import { nominate } from './nominate.ts';
import { Refused } from './refused.ts';
import type { Settings } from './settings.ts';

interface Did {
  did: string;
  nomination?: number;
  nvr?: string;
  rebuild?: number;
}

/** Nominates an image, at once; for all of its arches unless some are named. */
export const buildByHand = async (flow: Flow, image: string, arches?: readonly Arch[]): Promise<Did> => {
  const row = await flow.tx
    .selectFrom('image')
    .select('definition')
    .where('name', '=', image)
    .where('to_revision', 'is', null)
    .executeTakeFirst();
  if (row === undefined) {
    throw new Refused(
      'not-found',
      `there is no image ${image}`,
      '`flibs images` lists those that are defined',
    );
  }
  const definition = ImageDefinition.parse(row.definition);
  const nomination = await nominate(flow, {
    kind: 'manual',
    distroRelease: definition.distroRelease,
    images: [ImageName.parse(image)],
    ...(arches === undefined ? {} : { arches: [...arches] }),
    severity: 'none',
    reference: `by hand, ${flow.now.toISOString()}`,
  });
  return { did: `${image} is nominated; \`flibs rebuilds watch\` shows what becomes of it`, nomination };
};

/** Ends a build that is under way, and what was made upon it. */
export const cancelBuild = async (flow: Flow, settings: Settings, nvr: string): Promise<Did> => {
  const build = await existing(flow, nvr);
  if (build.ended_at !== null || build.state === 'releasing') {
    throw new Refused(
      'conflict',
      `${nvr} is ${build.state}`,
      'only a build that is under way can be cancelled',
    );
  }
  await endBuild(flow, settings, build, 'cancelled', 'a person cancelled it');
  return { did: `${nvr} is cancelled`, nvr };
};

/** Ends a rebuild and every build that only it asked for. */
export const cancelRebuild = async (flow: Flow, settings: Settings, id: number): Promise<Did> => {
  const rebuild = await flow.tx
    .selectFrom('rebuild')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (rebuild === undefined)
    throw new Refused('not-found', `there is no rebuild ${id}`, '`flibs rebuilds` lists them');
  if (rebuild.state === 'finished' || rebuild.state === 'cancelled') {
    throw new Refused('conflict', `rebuild ${id} is ${rebuild.state}`);
  }
  // First of all: it must not count as finished when the last of its builds ends below.
  await moveRebuild(flow, rebuild, 'cancelled', 'a person cancelled it', { finished_at: flow.now });
  await flow.tx
    .updateTable('nomination_target')
    .set({ closed_at: flow.now })
    .where('rebuild', '=', id)
    .where('closed_at', 'is', null)
    .execute();
  for await (const build of buildsOfOnly(flow, id))
    await endBuild(flow, settings, build, 'cancelled', `a person cancelled rebuild ${id}`);
  return { did: `rebuild ${id} is cancelled`, rebuild: id };
};

/** Builds of no other rebuild that can still be ended, parents before what is made upon them. */
async function* buildsOfOnly(flow: Flow, rebuild: number): AsyncGenerator<Build> {
  const rows = await flow.tx
    .selectFrom('build_cause')
    .select('build')
    .where('rebuild', '=', rebuild)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('build_cause as other')
            .select('other.build')
            .whereRef('other.build', '=', 'build_cause.build')
            .where('other.rebuild', '!=', rebuild),
        ),
      ),
    )
    .orderBy('build')
    .execute();
  for (const row of rows) {
    const build = await lockBuild(flow, row.build);
    if (build !== undefined && build.ended_at === null && build.state !== 'releasing') yield build;
  }
}

/** Tries failed arch builds again; arches that succeeded are kept, and children wait for them once more. */
export const retryBuild = async (flow: Flow, nvr: string, arch?: Arch): Promise<Did> => {
  const build = await existing(flow, nvr);
  if (build.state !== 'failed' && build.state !== 'building') {
    throw new Refused('conflict', `${nvr} is ${build.state}`, 'only a failed build can be tried again');
  }
  const archBuilds = await lockArchBuilds(flow, build.id);
  const failed = archBuilds.filter(
    (each) => each.state === 'failed' && (arch === undefined || each.arch === arch),
  );
  if (failed.length === 0 && build.state === 'failed' && arch === undefined)
    return retryAssembly(flow, build);
  if (failed.length === 0) {
    throw new Refused(
      'conflict',
      `no arch build of ${nvr}${arch === undefined ? '' : ` on ${arch}`} has failed`,
    );
  }
  await reviveBuild(flow, build);
  for (const archBuild of failed) {
    await moveArchBuild(flow, archBuild, 'ready', 'a person tries it again', retried(flow));
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

const retryAssembly = async (flow: Flow, build: Build): Promise<Did> => {
  await reviveBuild(flow, build);
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
const reviveBuild = async (flow: Flow, build: Build): Promise<void> => {
  const newer = await newerThan(flow, build);
  if (newer !== undefined) {
    throw new Refused('conflict', `${newer} is newer than ${build.nvr}`, `look at \`flibs why ${newer}\``);
  }
  await revived(flow, build);
};

const revived = async (flow: Flow, build: Build): Promise<void> => {
  if (build.state !== 'failed') return;
  await moveBuild(flow, build, 'building', 'a person tries it again', { ended_at: null });
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
    .where('parent_arch_build', '=', parent.id)
    .where('state', '=', 'parent_failed')
    .orderBy('id')
    .execute();
  for (const child of children) {
    const build = await lockBuild(flow, child.build);
    // What has been replaced meanwhile stays as it is.
    if (build === undefined || (await newerThan(flow, build)) !== undefined) continue;
    await revived(flow, build);
    await moveArchBuild(flow, child, 'blocked', `parent ${parent.image} is tried again`);
    await reviveChildren(flow, child);
  }
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
  for (const child of children) if ((await newerThan(flow, child)) === undefined) await revived(flow, child);
};

/** Another look at the definitions, now. */
export const reloadDefinitions = async (flow: Flow): Promise<Did> => {
  await wantDefinitions(flow);
  return { did: 'the definitions are looked at' };
};

const existing = async (flow: Flow, nvr: string): Promise<Build> => {
  const build = await lockBuildByNvr(flow, nvr);
  if (build === undefined)
    throw new Refused('not-found', `there is no build ${nvr}`, '`flibs images` lists the newest ones');
  return build;
};
