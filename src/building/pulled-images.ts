/** Images pulled by digest: checked for the arch, kept for the next build, and given up when there are many. */
import { type Arch, ociPlatform } from '../../schemas/ids.ts';
import { parsePullspec } from '../../schemas/pullspec.ts';
import { asBuildFailed, BuildFailed } from './build-failed.ts';
import type { Buildah, Calling, ImageConfig } from './buildah.ts';
import { insideRoot } from './inside-root.ts';
import type { WorkingContainers } from './working-containers.ts';

export interface PulledImage {
  readonly imageId: string;
  readonly config: ImageConfig;
  /** It has a dnf of its own. */
  readonly hasDnf: boolean;
}

export interface PulledImages {
  /** @throws BuildFailed for one that is not named by digest, is missing, or is of another arch. */
  pull(pullspec: string, arch: Arch, calling: Calling): Promise<PulledImage>;
}

/** Beyond so many, those that were asked for longest ago are removed. They can be pulled again. */
const kept = 48;

export const pulledImages = (buildah: Buildah, containers: WorkingContainers): PulledImages => {
  /** By image id, in the order of use. */
  const known = new Map<string, PulledImage>();
  return {
    pull: async (pullspec, arch, calling) => {
      const imageId = await pullByDigest(buildah, pullspec, arch, calling);
      const image = known.get(imageId) ?? (await examine(buildah, containers, { imageId, arch, calling }));
      checkArch(image.config, pullspec, arch);
      known.delete(imageId);
      known.set(imageId, image);
      await giveUpOldest(buildah, known);
      return image;
    },
  };
};

/** buildah refuses to remove what a container still stands on, and that is as it should be. */
const giveUpOldest = async (buildah: Buildah, known: Map<string, PulledImage>): Promise<void> => {
  for (const imageId of [...known.keys()].slice(0, Math.max(0, known.size - kept))) {
    known.delete(imageId);
    await buildah.run(['rmi', imageId]).catch(() => undefined);
  }
};

const pullByDigest = async (
  buildah: Buildah,
  pullspec: string,
  arch: Arch,
  calling: Calling,
): Promise<string> => {
  if (parsePullspec(pullspec) === undefined) {
    throw new BuildFailed('source', `not named by digest: ${JSON.stringify(pullspec)}`);
  }
  return buildah.pull(pullspec, ociPlatform(arch), calling).catch((error: unknown) => {
    throw asBuildFailed(error, `pulling ${pullspec} for ${arch}`);
  });
};

/** buildah only warns when an image's platform is another. */
const checkArch = (config: ImageConfig, pullspec: string, arch: Arch): void => {
  const wanted = ociPlatform(arch).architecture;
  if (config.architecture === wanted && config.os === 'linux') return;
  const found = `${config.os}/${config.architecture}`;
  throw new BuildFailed('source', `${pullspec} is for ${found}, not for ${arch} (linux/${wanted})`);
};

const examine = async (
  buildah: Buildah,
  containers: WorkingContainers,
  { imageId, arch, calling }: { imageId: string; arch: Arch; calling: Calling },
): Promise<PulledImage> => {
  const config = await buildah.config(imageId, { signal: calling.signal });
  const container = await containers.open(imageId, ociPlatform(arch), { signal: calling.signal });
  try {
    return { imageId, config, hasDnf: await hasDnf(await buildah.mount(container)) };
  } finally {
    await containers.remove(container);
  }
};

const hasDnf = async (root: string): Promise<boolean> => {
  for (const name of ['dnf', 'dnf5', 'dnf-3', 'microdnf']) {
    if (await insideRoot(root, `/usr/bin/${name}`)) return true;
  }
  return false;
};
