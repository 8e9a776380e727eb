/** An image given as a Containerfile: built by buildah without network, then put on its parent as one layer. */
import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { BuildCommand } from '../../schemas/commands/run.ts';
import { Digest, ociPlatform } from '../../schemas/ids.ts';
import { parseContainerfile } from '../images/containerfile.ts';
import { readInstructions } from '../images/containerfile-instructions.ts';
import { pinParents } from '../images/pin-parents.ts';
import { applyLayers } from './apply-layers.ts';
import { BuildFailed } from './build-failed.ts';
import type { Buildah, Calling, ImageConfig } from './buildah.ts';
import { writeGuestDnf } from './guest-dnf.ts';
import { insideRoot } from './inside-root.ts';
import { type Isolation, isolationArgs } from './isolation.ts';
import type { PulledParent } from './parents.ts';
import { guestDir, repositoryMounts, writeGuestRepositories } from './repository-files.ts';
import type { StateDir } from './state-dir.ts';
import type { WorkingContainers } from './working-containers.ts';
import type { WorkingImages } from './working-images.ts';

export interface ContainerfileBuild {
  readonly order: BuildCommand;
  /** The path of the Containerfile in `sourceDir`. */
  readonly path: string;
  readonly sourceDir: string;
  /** Scratch. */
  readonly directory: string;
  readonly parents: readonly PulledParent[];
  readonly isolation: Isolation;
  readonly state: StateDir;
  readonly buildah: Buildah;
  readonly containers: WorkingContainers;
  readonly working: WorkingImages;
  readonly calling: Calling;
  /** Unix socket, where repositories are not all directories. */
  readonly gate: string | undefined;
}

export interface BuiltContainerfile {
  readonly config: ImageConfig;
  /** What the last stage stands on; undefined: scratch. */
  readonly parent: PulledParent | undefined;
  /** Uncompressed archives of the layers that are not the parent's, lowest first. */
  readonly layers: readonly string[];
}

/** @returns the local image id */
const runBuild = async (build: ContainerfileBuild, containerfile: string): Promise<string> => {
  const iidFile = join(build.directory, 'image-id');
  const { order, state, isolation } = build;
  const args = [
    'build',
    ...['--file', containerfile, '--iidfile', iidFile, '--format', 'oci', '--no-cache', '--pull=never'],
    ...['--timestamp', String(order.sourceDateEpoch), '--identity-label=false'],
    ...[
      '--signature-policy',
      state.signaturePolicy,
      '--build-arg',
      `SOURCE_DATE_EPOCH=${order.sourceDateEpoch}`,
    ],
    ...platformArgs(order),
    ...isolationArgs(isolation, { gated: build.gate !== undefined }),
    ...(await mounts(build)).flatMap((mount) => ['--volume', mount]),
    build.sourceDir,
  ];
  await build.containers.whileBuilding(() =>
    build.buildah.run(args, { ...build.calling, confinement: 'sealed', gate: build.gate }),
  );
  return (await readFile(iidFile, 'utf8')).trim().replace(/^sha256:/, '');
};

/** Where the build's mounts and buildah itself leave empty files and directories, deepest first. */
const mountPointsOf = (order: BuildCommand): readonly string[] => [
  ...order.repositories.map(({ id }) => `${guestDir}/repositories/${id}`),
  ...['repositories', 'usr', 'bin', 'keys', 'home', 'cache', 'dnf.conf'].map((name) => `${guestDir}/${name}`),
  guestDir,
  '/run/.containerenv',
  '/run',
  '/usr/bin/dnf',
  '/etc/yum.repos.d',
  ...['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/dev', '/proc', '/sys'],
];

/**
 * Makes the root of a container on the parent what the build made of it.
 * @returns the paths that were not in the parent and are, at most, mount points of the build.
 */
export const applyBuild = async (
  built: BuiltContainerfile,
  {
    order,
    directory,
    root,
    signal,
  }: { order: BuildCommand; directory: string; root: string; signal: AbortSignal },
): Promise<readonly string[]> => {
  const added: string[] = [];
  for (const path of mountPointsOf(order)) if ((await insideRoot(root, path)) === undefined) added.push(path);
  await applyLayers(built.layers, root, join(directory, 'layer'), signal);
  return added;
};

/**
 * Builds it. The image still has what the build's mounts and dnf left behind.
 * @param leftovers is told its id, as soon as it is there to be released
 */
export const buildContainerfile = async (
  build: ContainerfileBuild,
  leftovers: string[],
): Promise<BuiltContainerfile> => {
  const { buildah, calling, directory, parents } = build;
  const original = await readContainerfile(build.sourceDir, build.path);
  const { text, layerParent } = pinned(original, parents, build.isolation.buildahVersion);
  const containerfile = join(directory, 'Containerfile');
  await writeFile(containerfile, text);
  const imageId = await build.working.make(() => runBuild(build, containerfile));
  leftovers.push(imageId);
  const config = await buildah.config(imageId, { signal: calling.signal });
  const parent = parents.find(({ from }) => from === layerParent);
  const inherited = parent?.config.rootfs.diff_ids?.length ?? 0;
  return { config, parent, layers: await saveLayers(build, imageId, inherited) };
};

const platformArgs = ({ arch }: BuildCommand): string[] => {
  const platform = ociPlatform(arch);
  return [
    '--arch',
    platform.architecture,
    ...(platform.variant === undefined ? [] : ['--variant', platform.variant]),
  ];
};

/** A path that leaves the folder, or a link, is refused: the folder came from elsewhere. */
const readContainerfile = async (sourceDir: string, path: string): Promise<string> => {
  const file = await insideRoot(sourceDir, path);
  const stats = file === undefined ? undefined : await lstat(file);
  if (file === undefined || !stats?.isFile())
    throw new BuildFailed('source', `the sources have no file ${JSON.stringify(path)}`);
  return readFile(file, 'utf8');
};

/** Every image by its local id, and the time that the guest's rpm is to know in every stage. */
const pinned = (original: string, parents: readonly PulledParent[], buildahVersion: string) => {
  const { layerParent, hasHeredoc } = parseContainerfile(original);
  if (hasHeredoc && !/^(?:[2-9]|1\.(?:3[3-9]|[4-9][0-9]))/.test(buildahVersion)) {
    throw new BuildFailed(
      'source',
      `a here-document in the Containerfile needs buildah 1.33 or newer; this is ${buildahVersion}`,
    );
  }
  try {
    const text = pinParents(original, new Map(parents.map(({ from, imageId }) => [from, imageId])));
    return { text: withEpoch(text), layerParent };
  } catch (error) {
    throw new BuildFailed('source', error instanceof Error ? error.message : String(error), error);
  }
};

/** `RUN` sees an ARG that is given, and the image does not keep it. */
const withEpoch = (containerfile: string): string => {
  const froms = readInstructions(containerfile).instructions.filter(({ keyword }) => keyword === 'FROM');
  return froms.reduceRight((text, { at }) => {
    const end = text.indexOf('\n', at.at(-1) ?? 0);
    const place = end < 0 ? text.length : end;
    return `${text.slice(0, place)}\nARG SOURCE_DATE_EPOCH${text.slice(place)}`;
  }, containerfile);
};

/** The distro release's repositories, and dnf where no parent has one. */
const mounts = async (build: ContainerfileBuild): Promise<readonly string[]> => {
  const { order, directory, isolation, state } = build;
  const guest = join(directory, 'guest');
  const files = await writeGuestRepositories(guest, order.repositories);
  const cache = join(guest, 'cache');
  await mkdir(cache, { recursive: true });
  const own = build.parents.some(({ hasDnf }) => hasDnf);
  const dnf = isolation.hostPrograms;
  const shared = [
    `${files.reposDir}:/etc/yum.repos.d:ro`,
    `${join(guest, 'keys')}:${guestDir}/keys:ro`,
    ...repositoryMounts(order.repositories, order.arch),
  ];
  if (own || dnf === undefined) return shared;
  const script = await writeGuestDnf(guest, dnf, { ...order, keyFiles: files.keyFiles });
  return [
    ...shared,
    `${script}:/usr/bin/dnf:ro`,
    `${join(guest, 'bin')}:${guestDir}/bin:ro`,
    `${files.config}:${guestDir}/dnf.conf:ro`,
    `${state.home}:${guestDir}/home:ro`,
    `${cache}:${guestDir}/cache`,
    `/usr:${guestDir}/usr:ro`,
  ];
};

const SavedManifest = z.object({ layers: z.array(z.object({ digest: Digest })) });

/** Saves the image as a directory of uncompressed blobs. */
const saveLayers = async (
  build: ContainerfileBuild,
  imageId: string,
  inherited: number,
): Promise<readonly string[]> => {
  const saved = join(build.directory, 'saved');
  const policy = ['--signature-policy', build.state.signaturePolicy];
  await build.buildah.run(['push', '--quiet', ...policy, '--disable-compression', imageId, `dir:${saved}`], {
    signal: build.calling.signal,
  });
  const manifest = SavedManifest.parse(JSON.parse(await readFile(join(saved, 'manifest.json'), 'utf8')));
  return manifest.layers.slice(inherited).map(({ digest }) => join(saved, digest.slice('sha256:'.length)));
};
