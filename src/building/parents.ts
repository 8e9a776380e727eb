/** Parents, as an order names them. */
import type { BuildCommand } from '../../schemas/commands/run.ts';
import type { ManifestDigest } from '../../schemas/ids.ts';
import type { Calling } from './buildah.ts';
import type { PulledImage, PulledImages } from './pulled-images.ts';

export interface PulledParent extends PulledImage {
  /** What the Containerfile calls it. */
  readonly from: string;
  readonly edge: 'layer' | 'build-only';
  readonly manifestDigest: ManifestDigest | undefined;
}

/** Pulls what is not there yet. @throws BuildFailed for one that is not pinned, missing, or of another arch. */
export const pullParents = async (
  images: PulledImages,
  order: Pick<BuildCommand, 'arch' | 'parents'>,
  calling: Calling,
): Promise<readonly PulledParent[]> => {
  const pulled: PulledParent[] = [];
  for (const { from, edge, pullspec, manifestDigest } of order.parents) {
    pulled.push({ ...(await images.pull(pullspec, order.arch, calling)), from, edge, manifestDigest });
  }
  return pulled;
};
