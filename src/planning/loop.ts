/** The loop guard: whether what was built is what an earlier build, that led to this one, has made already. */
import type { Arch, ImageName, Nvr } from '../../schemas/ids.ts';

/** What one arch build has made. */
export interface Made {
  readonly nvr: Nvr;
  readonly image: ImageName;
  readonly arch: Arch;
  readonly contentId: string;
}

/**
 * The newest in the chain that is the same image on the same arch with the same content: an effect of it has brought it
 * about once more, and so it would go on for ever. Another content may still come to rest.
 *
 * @param chain what led to it, oldest first
 */
export const metBefore = (made: Made, chain: readonly Made[]): Made | undefined =>
  chain.findLast(
    ({ nvr, image, arch, contentId }) =>
      nvr !== made.nvr && image === made.image && arch === made.arch && contentId === made.contentId,
  );

/** For people: what met what, by which way, and what they can do. */
export const describeLoop = (made: Made, before: Made, way: readonly Nvr[]): string => {
  const steps = [...new Set([...way.slice(way.indexOf(before.nvr)), made.nvr])];
  return `a loop: it has the content of ${before.nvr}, whose effects led to it (${steps.join(' -> ')}); stopped here, \`flibs retry ${made.nvr}\` goes on with it`;
};
