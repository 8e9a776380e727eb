/** What adopting finds in a registry. */
import type { Rpm } from '../../../schemas/content.ts';
import type { Digest } from '../../../schemas/ids.ts';
import type { ImageOutline } from './image-content.ts';

/** An image as it lies in its registry. */
export interface ForeignImage {
  readonly registry: string;
  readonly repository: string;
  /** The tag it was named by, if any. */
  readonly tag: string | undefined;
  /** Of what the pullspec names: an index, or the one manifest there is. */
  readonly digest: Digest;
  readonly arches: readonly { readonly outline: ImageOutline; readonly rpms: readonly Rpm[] }[];
}

/** Or why it cannot be taken, in words for a person. */
export type Foreign = ForeignImage | { readonly problem: string };
