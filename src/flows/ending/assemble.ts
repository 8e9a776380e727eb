/** From finished arch builds to a candidate: the index waits for its own arches, and for one parent build. */
import { z } from 'zod';
import { Arch, ImageName, ManifestDigest, Nvr } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { baselineStates } from '../baseline.ts';
import { type ArchBuild, type Build, lockArchBuilds, lockBuildByNvr } from '../move.ts';
import { candidateRepository } from '../registry-paths.ts';
import type { Settings } from '../settings.ts';
import { enterGivenUp, forgiven } from './best-effort.ts';
import { failBuild } from './build-ends.ts';

export const assembleJob = 'assemble-index';

/** Inputs of an index, frozen before its first push. */
export const Assembly = z.object({
  nvr: Nvr,
  image: ImageName,
  repository: z.string(),
  tag: z.string(),
  entries: z.array(z.object({ arch: Arch, manifestDigest: ManifestDigest })).min(1),
});
export type Assembly = z.infer<typeof Assembly>;

/** Asks for the index of a build where nothing is missing; else says what it waits for. */
export const considerAssembly = async (flow: Flow, settings: Settings, nvr: string): Promise<void> => {
  const build = await lockBuildByNvr(flow, nvr);
  if (build?.state !== 'building') return;
  const archBuilds = await lockArchBuilds(flow, build.id);
  const without = await forgiven(flow, build, archBuilds);
  const givenUp = archBuilds.filter(({ id }) => without.has(id));
  const made = archBuilds.filter(({ id }) => !without.has(id));
  if (made.every(({ state }) => state === 'unchanged') || !made.every(isReady)) return;
  const waiting = await parentUndecided(flow, build);
  if (waiting !== undefined) {
    await flow.tx.updateTable('build').set({ waiting }).where('id', '=', build.id).execute();
    return;
  }
  await enterArches(flow, build, made);
  await enterGivenUp(flow, build, givenUp);
  const entries = await flow.tx
    .selectFrom('index_entry')
    .selectAll()
    .where('build', '=', build.id)
    .orderBy('arch')
    .execute();
  const inputs: z.input<typeof Assembly> = {
    nvr: build.nvr,
    image: build.image,
    repository: candidateRepository(settings, build.image),
    tag: `${build.version}-${build.release_number}`,
    entries: entries.map((entry) => ({ arch: entry.arch, manifestDigest: entry.manifest_digest })),
  };
  await flow.job({ kind: assembleJob, key: build.nvr, inputs });
};

const isReady = (archBuild: ArchBuild): boolean =>
  archBuild.state === 'unchanged' ||
  (archBuild.state === 'succeeded' && archBuild.content_recorded_at !== null);

/** Every newly built arch's parent manifest must be in one parent build that became candidate. */
const parentUndecided = async (flow: Flow, build: Build): Promise<string | undefined> => {
  if (build.parent_build === null) return undefined;
  const parent = await flow.tx
    .selectFrom('build')
    .select(['nvr', 'state'])
    .where('id', '=', build.parent_build)
    .executeTakeFirstOrThrow();
  const decided = parent.state === 'unchanged' || baselineStates.includes(parent.state);
  return decided ? undefined : `its parent ${parent.nvr} is not a candidate yet (${parent.state})`;
};

/** New arches enter as built; unchanged ones are carried forward from the baseline. */
const enterArches = async (flow: Flow, build: Build, archBuilds: readonly ArchBuild[]): Promise<void> => {
  for (const archBuild of archBuilds) {
    const carried = archBuild.state === 'unchanged';
    if (archBuild.manifest_digest === null)
      throw new Error(`${build.nvr}.${archBuild.arch} ended without a manifest`);
    await flow.tx
      .insertInto('index_entry')
      .values({
        build: build.id,
        arch: archBuild.arch,
        manifest_digest: archBuild.manifest_digest,
        carried_from: carried ? build.baseline : null,
      })
      .onConflict((oc) => oc.doNothing())
      .execute();
  }
};

/** The registry refused the index for good. */
export const assemblyFailed = async (
  flow: Flow,
  settings: Settings,
  assembly: Assembly,
  error: unknown,
): Promise<void> => {
  const build = await lockBuildByNvr(flow, assembly.nvr);
  if (build?.state !== 'building') return;
  const reason = `its index cannot be assembled: ${error instanceof Error ? error.message : String(error)}`;
  await failBuild(flow, settings, build, reason);
};
