/** Which images of an inventory a question reaches. */
import type { InventoryImage } from '../../../schemas/files/inventory.ts';
import type { ImageName } from '../../../schemas/ids.ts';
import { layerParent } from './manifests.ts';

/** The roots, everything upon them over layer edges, and everything that those are built from. */
export const reachOf = (
  images: ReadonlyMap<ImageName, InventoryImage>,
  roots: Iterable<ImageName>,
): ReadonlySet<ImageName> => {
  const children = childrenOf(images.values());
  const reached = spread(roots, (name) => children.get(name) ?? []);
  return spread(reached, (name) =>
    (images.get(name)?.parents ?? []).flatMap((parent) =>
      parent.kind === 'image' && images.has(parent.image) ? [parent.image] : [],
    ),
  );
};

const spread = (
  from: Iterable<ImageName>,
  next: (name: ImageName) => readonly ImageName[],
): ReadonlySet<ImageName> => {
  const found = new Set(from);
  // Grows while it is walked.
  for (const name of found) for (const other of next(name)) found.add(other);
  return found;
};

const childrenOf = (images: Iterable<InventoryImage>): ReadonlyMap<ImageName, readonly ImageName[]> => {
  const children = new Map<ImageName, ImageName[]>();
  for (const image of images) {
    const parent = layerParent(image);
    if (parent?.kind !== 'image') continue;
    const known = children.get(parent.image);
    if (known) known.push(image.name);
    else children.set(parent.image, [image.name]);
  }
  return children;
};
