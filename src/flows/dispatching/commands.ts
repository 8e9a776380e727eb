/** The commands that workers get: everything they need, by digest, because they reach neither store nor definitions. */
import type { BuildCommand, PinnedParent, TestCommand } from '../../../schemas/commands/run.ts';
import type { LoadedDistroRelease } from '../../../schemas/files/distro-release.ts';
import type { Parent } from '../../../schemas/files/image.ts';
import {
  type Arch,
  ArtifactDigest,
  ContentId,
  Digest,
  ImageName,
  IndexDigest,
  ManifestDigest,
  Nvr,
  RunId,
} from '../../../schemas/ids.ts';
import { parseReference } from '../../../schemas/pullspec.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { distroReleasesInForce } from '../defining/in-force.ts';
import { baseManifest } from '../looking/external-bases.ts';
import type { ArchBuild, Build } from '../move.ts';
import { upgradeOf } from '../planning/upgrade-inherited.ts';
import { archTag, candidateRepository, pullspecOf, sourceRepository } from '../registry-paths.ts';
import type { SmokeTest } from '../releasing/smoke-tests.ts';
import type { Settings } from '../settings.ts';

interface ToBuild {
  readonly build: Build;
  readonly archBuild: ArchBuild;
  readonly run: string;
}

/** The command of an arch build, or what it has to wait for. */
export const buildCommand = async (
  flow: Flow,
  settings: Settings,
  { build, archBuild, run }: ToBuild,
): Promise<{ command: BuildCommand } | { waiting: string } | { impossible: string }> => {
  const { definition } = build;
  const { recipe } = definition;
  if (recipe.kind === 'adopted')
    return { waiting: 'it was built elsewhere: a definition is needed to build it' };
  if (definition.sources === undefined) return { waiting: 'its sources are not in the registry yet' };
  const release = await distroRelease(flow, build.distro_release);
  const parents: PinnedParent[] = [];
  for (const parent of definition.parents) {
    const pinned = await pinParent(flow, settings, parent, archBuild);
    if (pinned !== undefined && !('pullspec' in pinned)) return pinned;
    if (pinned === undefined)
      return { waiting: `its parent ${nameOf(parent)} has no build for ${archBuild.arch} yet` };
    parents.push(pinned);
  }
  const baseline = await baselineOf(flow, build, archBuild.arch);
  const versionRelease = `${build.version}-${build.release_number}`;
  const command: BuildCommand = {
    schemaVersion: 1,
    kind: 'build',
    run: RunId.parse(run),
    nvr: Nvr.parse(build.nvr),
    image: ImageName.parse(build.image),
    arch: archBuild.arch,
    ...(flow.cause.traceparent === undefined ? {} : { traceparent: flow.cause.traceparent }),
    recipe,
    sources: pullspecOf(sourceRepository(settings, build.image), definition.sources),
    parents,
    repositories: release.repositories.filter(
      ({ arches }) => arches === undefined || arches.includes(archBuild.arch),
    ),
    releasever: release.releasever,
    platform: `platform:${release.branch}`,
    ...(await upgradeOf(flow, definition, archBuild)),
    labels: definition.labels,
    ...(definition.command === undefined ? {} : { command: definition.command }),
    stampedLabels: {
      'com.redhat.component': build.component,
      name: build.image,
      version: build.version,
      release: String(build.release_number),
      architecture: archBuild.arch,
      'org.opencontainers.image.version': versionRelease,
      'org.opencontainers.image.revision': build.tree_id,
    },
    sourceDateEpoch: definition.sourceTime,
    proofs: [...archBuild.proofs],
    treeId: build.tree_id,
    ...(baseline === undefined ? {} : { baseline }),
    destination: candidateRepository(settings, build.image),
    tag: archTag(versionRelease, archBuild.arch, archBuild.id),
    timeout: settings.runTimeout,
  };
  return { command };
};

/** Manifests over build-only edges, by what `FROM` says. */
export const filesFrom = ({ parents }: BuildCommand): Readonly<Record<string, string>> =>
  Object.fromEntries(
    parents.flatMap(({ from, edge, manifestDigest }) =>
      edge === 'build-only' && manifestDigest !== undefined ? [[from, manifestDigest]] : [],
    ),
  );

const nameOf = (parent: Parent): string => (parent.kind === 'image' ? parent.image : parent.pullspec);

/** A parent built in the same plan, or what its baseline is now. */
const pinParent = async (
  flow: Flow,
  settings: Settings,
  parent: Parent,
  archBuild: ArchBuild,
): Promise<PinnedParent | { waiting: string } | { impossible: string } | undefined> => {
  if (parent.kind === 'external') return pinBase(flow, parent, archBuild.arch);
  const digest =
    parent.edge === 'layer'
      ? ((await plannedParent(flow, archBuild)) ?? (await entryOfParentBuild(flow, archBuild)))
      : ((await plannedBuildParent(flow, parent.image, archBuild)) ??
        (await currentManifest(flow, parent.image, archBuild.arch)));
  if (digest === undefined) return undefined;
  const manifestDigest = ManifestDigest.parse(digest);
  const pullspec = pullspecOf(candidateRepository(settings, parent.image), manifestDigest);
  return { from: parent.image, pullspec, manifestDigest, edge: parent.edge };
};

const pinBase = async (flow: Flow, { pullspec, edge }: Extract<Parent, { kind: 'external' }>, arch: Arch) => {
  const base = await baseManifest(flow, pullspec, arch);
  if (!('manifestDigest' in base)) return base;
  const { manifestDigest } = base;
  const reference = parseReference(pullspec);
  if (reference === undefined) return { impossible: `its base ${pullspec} is no pullspec` };
  const place = `${reference.registry}/${reference.repository}`;
  return { from: pullspec, pullspec: pullspecOf(place, manifestDigest), manifestDigest, edge };
};

const plannedParent = async (flow: Flow, archBuild: ArchBuild): Promise<string | undefined> => {
  if (archBuild.parent_arch_build === null) return undefined;
  const row = await flow.tx
    .selectFrom('arch_build')
    .select('manifest_digest')
    .where('id', '=', archBuild.parent_arch_build)
    .where('state', 'in', ['succeeded', 'unchanged'])
    .executeTakeFirst();
  return row?.manifest_digest ?? undefined;
};

const plannedBuildParent = async (
  flow: Flow,
  image: string,
  archBuild: ArchBuild,
): Promise<string | undefined> => {
  const row = await flow.tx
    .selectFrom('build_only_parent')
    .innerJoin('arch_build as parent', 'parent.id', 'build_only_parent.parent')
    .select('parent.manifest_digest')
    .where('build_only_parent.arch_build', '=', archBuild.id)
    .where('parent.image', '=', image)
    .where('parent.state', 'in', ['succeeded', 'unchanged'])
    .executeTakeFirst();
  return row?.manifest_digest ?? undefined;
};

/** Of an arch that the parent's build carries, or that was built before: all arches are made upon one parent build. */
const entryOfParentBuild = async (flow: Flow, archBuild: ArchBuild): Promise<string | undefined> => {
  const row = await flow.tx
    .selectFrom('build')
    .innerJoin('index_entry', 'index_entry.build', 'build.parent_build')
    .select('index_entry.manifest_digest')
    .where('build.id', '=', archBuild.build)
    .where('index_entry.arch', '=', archBuild.arch)
    .executeTakeFirst();
  return row?.manifest_digest;
};

const currentManifest = async (flow: Flow, image: string, arch: Arch): Promise<string | undefined> => {
  const row = await flow.tx
    .selectFrom('current')
    .select('manifest')
    .where('image', '=', image)
    .where('arch', '=', arch)
    .executeTakeFirst();
  return row?.manifest;
};

const baselineOf = async (
  flow: Flow,
  { image, by_hand }: Build,
  arch: Arch,
): Promise<BuildCommand['baseline']> => {
  const row = await flow.tx
    .selectFrom('current')
    .innerJoin('manifest', 'manifest.digest', 'current.manifest')
    .select(['manifest.digest', 'manifest.content_id', 'manifest.content_list'])
    .where('current.image', '=', image)
    .where('current.arch', '=', arch)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const baseline = {
    contentId: ContentId.parse(row.content_id),
    manifestDigest: ManifestDigest.parse(row.digest),
  };
  // Whoever asks by hand wants it built.
  if (by_hand || row.content_list === null) return baseline;
  const recipe = await recipeOf(flow, row.digest);
  if (recipe === undefined) return baseline;
  return { ...baseline, recipe, contentList: ArtifactDigest.parse(row.content_list) };
};

/** Of the newest arch build that made these bytes: another toolchain may have made the same. */
const recipeOf = async (flow: Flow, manifest: string): Promise<Digest | undefined> => {
  const row = await flow.tx
    .selectFrom('arch_build')
    .select('recipe')
    .where('manifest_digest', '=', manifest)
    .where('recipe', 'is not', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.recipe === undefined || row.recipe === null ? undefined : Digest.parse(row.recipe);
};

const distroRelease = async (flow: Flow, name: string): Promise<LoadedDistroRelease> => {
  const [release] = await distroReleasesInForce(flow, name);
  if (release === undefined) throw new Error(`no distro release ${name} is configured any more`);
  return release;
};

/** The command of a smoke test. */
export const testCommand = (
  flow: Flow,
  settings: Settings,
  { build, smokeTest, run }: { build: Build; smokeTest: SmokeTest; run: string },
): TestCommand => {
  const manifestDigest = ManifestDigest.parse(smokeTest.manifest_digest);
  const repository = candidateRepository(settings, build.image);
  return {
    schemaVersion: 1,
    kind: 'test',
    run: RunId.parse(run),
    nvr: Nvr.parse(build.nvr),
    image: ImageName.parse(build.image),
    arch: smokeTest.arch,
    ...(flow.cause.traceparent === undefined ? {} : { traceparent: flow.cause.traceparent }),
    testCase: smokeTest.test_case,
    pullspec: pullspecOf(repository, manifestDigest),
    indexDigest: IndexDigest.parse(build.index_digest),
    manifestDigest,
    command: build.definition.smokeTest?.command ?? ['true'],
    timeout: build.definition.smokeTest?.timeout ?? settings.runTimeout,
    destination: repository,
  };
};
