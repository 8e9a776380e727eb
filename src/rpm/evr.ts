/**
 * Epoch, version and release, compared as rpm 4.18 compares them (its `rpmio/rpmvercmp.c` is the reference).
 *
 * A version is read as a list of segments: runs of ASCII digits, runs of ASCII letters, tildes and carets.
 * Everything else, each byte of a non-ASCII character included, only separates.
 */
import type { Evr } from '../../schemas/content.ts';

/** Below, equal, above: what every comparison here answers. */
export type Order = -1 | 0 | 1;

const segments = /[0-9]+|[A-Za-z]+|[~^]/g;

/** Where two versions part, the kind of segment decides first: `~` is below the end of a version, `^` just above it. */
const rank = (segment: string | undefined): number => {
  if (segment === undefined) return 1;
  if (segment === '~') return 0;
  if (segment === '^') return 2;
  return isNumber(segment) ? 4 : 3;
};

const isNumber = (segment: string): boolean => segment.charCodeAt(0) <= 0x39;

const order = <T extends number | string>(a: T, b: T): Order => (a < b ? -1 : a > b ? 1 : 0);

/** Numbers of any length, so as text: without leading zeros the longer one is higher. */
const compareNumbers = (a: string, b: string): Order => {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return order(left.length, right.length) || order(left, right);
};

const compareSegments = (a: string | undefined, b: string | undefined): Order => {
  const ranks = order(rank(a), rank(b));
  if (ranks !== 0 || a === undefined || b === undefined) return ranks;
  return isNumber(a) ? compareNumbers(a, b) : order(a, b);
};

/** rpm's `rpmvercmp`: compares two versions, or two releases. */
export const rpmVersionCompare = (a: string, b: string): Order => {
  if (a === b) return 0;
  const [left, right] = [a.match(segments) ?? [], b.match(segments) ?? []];
  for (let i = 0; i < left.length || i < right.length; i += 1) {
    const result = compareSegments(left[i], right[i]);
    if (result !== 0) return result;
  }
  return 0;
};

/**
 * Compares epoch, then version, then release, the way rpm decides whether a package is newer. The release always
 * counts: only dependencies may leave it out, and an installed or offered package never does.
 */
export const evrCompare = (a: Evr, b: Evr): Order =>
  order(a.epoch, b.epoch) ||
  rpmVersionCompare(a.version, b.version) ||
  rpmVersionCompare(a.release, b.release);

/** `[epoch:]version-release`, the epoch only when it is not 0, as rpm's `%{EVR}` of a package without one. */
export const formatEvr = (evr: Evr): string =>
  `${evr.epoch === 0 ? '' : `${evr.epoch}:`}${evr.version}-${evr.release}`;

/** Reads `[epoch:]version-release`; undefined when it is not of that form. */
export const parseEvr = (text: string): Evr | undefined => {
  const parts = /^(?:([0-9]{1,9}):)?([^:\s-]+)-([^:\s-]+)$/.exec(text);
  const [, epoch = '0', version, release] = parts ?? [];
  return version === undefined || release === undefined
    ? undefined
    : { epoch: Number(epoch), version, release };
};
