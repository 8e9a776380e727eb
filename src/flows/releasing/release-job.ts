/** What the releaser is asked to do, frozen when it is asked. */
import { z } from 'zod';
import { ImageName, IndexDigest, Nvr } from '../../../schemas/ids.ts';

export const releaseJob = 'release';

/** Inputs of a release. Tags in the order in which they move: the unique one first, floating ones last. */
export const Release = z.object({
  nvr: Nvr,
  image: ImageName,
  indexDigest: IndexDigest,
  from: z.string(),
  to: z.string(),
  tags: z.array(z.string()).min(1),
});
export type Release = z.infer<typeof Release>;
