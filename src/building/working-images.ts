/**
 * Images that builds make in one storage and remove when they are over. Two builds at once may well make the same one:
 * what is in it decides its id, not whose it is.
 */
import type { Buildah } from './buildah.ts';

export interface WorkingImages {
  /** Runs what makes an image and resolves its id; once more, where another build removed that very image meanwhile. */
  make(work: () => Promise<string>): Promise<string>;
  /** To be called once for each that was made: it is removed when nobody else has made it too. */
  release(imageId: string): Promise<void>;
}

export const workingImages = (buildah: Pick<Buildah, 'removeImage'>): WorkingImages => {
  const uses = new Map<string, number>();
  const removing = new Map<string, Promise<void>>();
  /** Of each that is being made: what was removed since that began, or was being removed then. */
  const making = new Set<Set<string>>();

  const count = (imageId: string, more: number): number => {
    const left = (uses.get(imageId) ?? 0) + more;
    if (left === 0) uses.delete(imageId);
    else uses.set(imageId, left);
    return left;
  };

  const make: WorkingImages['make'] = async (work) => {
    const removed = new Set(removing.keys());
    making.add(removed);
    const imageId = await work().finally(() => making.delete(removed));
    if (!removed.has(imageId)) {
      count(imageId, 1);
      return imageId;
    }
    await removing.get(imageId);
    return make(work);
  };

  return {
    make,
    release: async (imageId) => {
      if (count(imageId, -1) > 0) return;
      for (const removed of making) removed.add(imageId);
      const removal = buildah.removeImage(imageId).finally(() => removing.delete(imageId));
      removing.set(imageId, removal);
      await removal;
    },
  };
};
