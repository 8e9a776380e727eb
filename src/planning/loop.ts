/** The loop guard: whether an image is what its own effects make of it, over and over. */
import type { Arch, ImageName, Nvr } from '../../schemas/ids.ts';

/** What one arch build has made. */
export interface Made {
  readonly nvr: Nvr;
  readonly image: ImageName;
  readonly arch: Arch;
  readonly contentId: string;
}

/** What led to it, oldest first. Only what was released has effects. */
export type Chain = readonly (Made & { readonly released: boolean })[];

/** Releases of an image in a row, each of which led to the next, after which it will not come to rest by itself. */
export const mostRounds = 5;

/** What an effect of the image itself has brought about, and how it is told. */
export interface Loop {
  /** What was met before. */
  readonly nvr: Nvr;
  /** For people: what met what, by which way, and what they can do. */
  readonly reason: string;
  /** All that led to it, oldest first. */
  readonly chain: readonly Nvr[];
  /** Where its content is another each time: releases of the image that led to it. */
  readonly rounds?: number;
}

/**
 * The same image on the same arch in its chain: with the same content, it would go round for ever; with another, it may
 * still come to rest, for a number of rounds.
 */
export const findLoop = (made: Made, chain: Chain): Loop | undefined => {
  const own = chain.filter(
    ({ nvr, image, arch, released }) =>
      released && nvr !== made.nvr && image === made.image && arch === made.arch,
  );
  const way = [...new Set(chain.map(({ nvr }) => nvr))];
  const same = own.findLast(({ contentId }) => contentId === made.contentId);
  if (same !== undefined) {
    const what = `it has the content of ${same.nvr}, whose effects led to it`;
    return { nvr: same.nvr, reason: described(what, made, same, way), chain: way };
  }
  const [first] = own;
  const last = own.at(-1);
  if (first === undefined || last === undefined || own.length < mostRounds) return undefined;
  const what = `${own.length} releases of it led to it one after the other, each with another content`;
  return { nvr: last.nvr, reason: described(what, made, first, way), chain: way, rounds: own.length };
};

const described = (what: string, made: Made, from: Made, way: readonly Nvr[]): string => {
  const steps = [...new Set([...way.slice(way.indexOf(from.nvr)), made.nvr])];
  return `a loop: ${what} (${steps.join(' -> ')}); stopped here, \`flibs retry ${made.nvr}\` goes on with it`;
};
