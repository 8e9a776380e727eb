/** What one layer does to the content of the manifest it was built on: the rows that the store keeps for it. */
import type { Rpm } from '../../schemas/content.ts';
import { normalised, packageIdentity } from './package-identity.ts';

export interface LayerContent {
  /** In the image and not, at the same NEVRA and module, in its parent: what the image introduces. */
  readonly added: readonly Rpm[];
  /** In its parent and not in the image: upgraded or removed by the layer. */
  readonly removed: readonly Rpm[];
}

/** `parentContent` is that of the manifest the image was built on; empty for an image built from scratch. */
export const introducedBy = (content: readonly Rpm[], parentContent: readonly Rpm[]): LayerContent => ({
  added: without(content, parentContent),
  removed: without(parentContent, content),
});

/** The other way: what is in an image, from its parent's content and its own layer. */
export const contentOnParent = (parentContent: readonly Rpm[], layer: LayerContent): readonly Rpm[] =>
  normalised([...without(parentContent, layer.removed), ...layer.added]);

const without = (rpms: readonly Rpm[], others: readonly Rpm[]): readonly Rpm[] => {
  const known = new Set(others.map(packageIdentity));
  return normalised(rpms).filter((rpm) => !known.has(packageIdentity(rpm)));
};
