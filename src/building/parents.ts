/** Parents: pulled by digest, and what they are verified. */
import type { BuildCommand } from '../../schemas/commands/run.ts';
import { type Arch, type ManifestDigest, ociPlatform } from '../../schemas/ids.ts';
import { parsePullspec } from '../../schemas/pullspec.ts';
import { asBuildFailed, BuildFailed } from './build-failed.ts';
import type { Buildah, Calling, ImageConfig } from './buildah.ts';
import { insideRoot } from './inside-root.ts';

export interface PulledParent {
  /** What the Containerfile calls it. */
  readonly from: string;
  readonly edge: 'layer' | 'build-only';
  readonly manifestDigest: ManifestDigest | undefined;
  readonly imageId: string;
  readonly config: ImageConfig;
  /** It has a dnf of its own. */
  readonly hasDnf: boolean;
}

/** Pulls what is not there yet. @throws BuildFailed for one that is not pinned, missing, or of another arch. */
export const pullParents = async (
  buildah: Buildah,
  order: Pick<BuildCommand, 'arch' | 'parents'>,
  calling: Calling,
): Promise<readonly PulledParent[]> => {
  const pulled: PulledParent[] = [];
  for (const { from, edge, pullspec, manifestDigest } of order.parents) {
    const { imageId, config } = await pullForArch(buildah, pullspec, order.arch, calling);
    const hasDnf = await lookForDnf(buildah, imageId, order.arch, calling);
    pulled.push({ from, edge, manifestDigest, imageId, config, hasDnf });
  }
  return pulled;
};

/** Pulls one image by digest. buildah only warns when its platform is another, so that is checked here. */
export const pullForArch = async (
  buildah: Buildah,
  pullspec: string,
  arch: Arch,
  calling: Calling,
): Promise<{ imageId: string; config: ImageConfig }> => {
  if (parsePullspec(pullspec) === undefined) {
    throw new BuildFailed('source', `not named by digest: ${JSON.stringify(pullspec)}`);
  }
  const platform = ociPlatform(arch);
  const imageId = await buildah.pull(pullspec, platform, calling).catch((error: unknown) => {
    throw asBuildFailed(error, `pulling ${pullspec}`);
  });
  const config = await buildah.config(imageId, { signal: calling.signal });
  if (config.architecture !== platform.architecture || config.os !== 'linux') {
    const found = `${config.os}/${config.architecture}`;
    throw new BuildFailed(
      'source',
      `${pullspec} is for ${found}, not for ${arch} (linux/${platform.architecture})`,
    );
  }
  return { imageId, config };
};

const lookForDnf = async (
  buildah: Buildah,
  imageId: string,
  arch: Arch,
  calling: Calling,
): Promise<boolean> => {
  const container = await buildah.from(imageId, ociPlatform(arch), { signal: calling.signal });
  try {
    const root = await buildah.mount(container);
    for (const name of ['dnf', 'dnf5', 'dnf-3', 'microdnf']) {
      if (await insideRoot(root, `/usr/bin/${name}`)) return true;
    }
    return false;
  } finally {
    await buildah.remove(container);
  }
};
