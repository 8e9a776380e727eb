/**
 * The time that no order of work could stay below, whatever it knew: what a schedule is measured against. For any set of
 * builds of a pool: the earliest that one of them could begin, their work spread over all slots, and the least that
 * comes after the last of them (Fernandez and Bussell 1973). The largest over many such sets is taken.
 */
import type { Arch } from '../../schemas/ids.ts';
import { toEnd } from '../planning/to-end.ts';
import { leavesFirstInSteps, parentsAmong } from './leaves-first.ts';
import { type EstimatedBuild, remainingPathInSteps } from './remaining-path.ts';

export interface PooledBuild extends EstimatedBuild {
  readonly arch: Arch;
}

export interface SlotsOf {
  readonly arches: readonly Arch[];
  readonly slots: number;
}

export interface PoolBound {
  readonly arch: Arch;
  /** Of all workers that serve the arch. */
  readonly slots: number;
  readonly builds: number;
  /** Seconds, all builds one after another. */
  readonly work: number;
  /** Seconds; infinite where nobody serves the arch. */
  readonly bound: number;
}

export interface Bound {
  /** In the order of the vocabulary; arches without a build are not in it. */
  readonly pools: readonly PoolBound[];
  /** Seconds, the longest chain. */
  readonly criticalPath: number;
  /** Seconds: of the critical path, every pool, and pools that share workers taken together. */
  readonly seconds: number;
}

/**
 * @param builds - with the seconds that each takes.
 * @throws Error naming builds that wait for each other in a circle.
 */
export const boundOf = (builds: readonly PooledBuild[], workers: readonly SlotsOf[]): Bound =>
  toEnd(boundInSteps(builds, workers));

/** The same with a step for each: where others wait for the processor, they can have a turn between two. */
export function* boundInSteps(
  builds: readonly PooledBuild[],
  workers: readonly SlotsOf[],
): Generator<undefined, Bound> {
  const placed = yield* placedBuilds(builds);
  const arches = [...new Set(builds.map(({ arch }) => arch))].sort();
  const pools: PoolBound[] = [];
  for (const arch of arches) {
    const mine = placed.filter((build) => build.arch === arch);
    const slots = slotsFor([arch], workers);
    const work = mine.reduce((sum, { seconds }) => sum + seconds, 0);
    pools.push({ arch, slots, builds: mine.length, work, bound: yield* boundOfPool(mine, slots) });
  }
  const criticalPath = placed.reduce(
    (longest, { head, seconds, tail }) => Math.max(longest, head + seconds + tail),
    0,
  );
  let seconds = criticalPath;
  for (const set of setsOf(arches)) {
    const theirs = placed.filter(({ arch }) => set.includes(arch));
    seconds = Math.max(seconds, yield* boundOfPool(theirs, slotsFor(set, workers)));
  }
  return { pools, criticalPath, seconds };
}

/** A build between what comes before and what comes after it, in seconds. */
interface Placed {
  readonly arch: Arch;
  readonly seconds: number;
  /** The longest chain of what it waits for: it cannot begin earlier. */
  readonly head: number;
  /** The longest chain of what waits for it. */
  readonly tail: number;
}

function* placedBuilds(builds: readonly PooledBuild[]): Generator<undefined, readonly Placed[]> {
  const byId = new Map(builds.map((build) => [build.id, build]));
  const paths = yield* remainingPathInSteps(builds);
  const ends = new Map<string, number>();
  const placed: Placed[] = [];
  for (const build of (yield* leavesFirstInSteps(builds)).toReversed()) {
    const head = Math.max(0, ...parentsAmong(build, byId).map((id) => ends.get(id) ?? 0));
    ends.set(build.id, head + build.seconds);
    const tail = (paths.get(build.id) ?? build.seconds) - build.seconds;
    placed.push({ arch: build.arch, seconds: build.seconds, head, tail });
    yield;
  }
  return placed;
}

const slotsFor = (arches: readonly Arch[], workers: readonly SlotsOf[]): number =>
  workers
    .filter((worker) => worker.arches.some((arch) => arches.includes(arch)))
    .reduce((sum, { slots }) => sum + slots, 0);

/** Every set of arches that is not empty: there are few arches. */
const setsOf = (arches: readonly Arch[]): readonly (readonly Arch[])[] => {
  const sets: (readonly Arch[])[] = [];
  for (const arch of arches) sets.push(...sets.map((set) => [...set, arch]), [arch]);
  return sets;
};

/** So many tails are tried as limits: exact with few builds, near enough with many. */
const tailsTried = 64;

/** The largest over the sets "begins at `head` or later, has at least `tail` after it". */
function* boundOfPool(builds: readonly Placed[], slots: number): Generator<undefined, number> {
  if (builds.length === 0) return 0;
  const tails = spread(builds.map(({ tail }) => tail));
  const work = tails.map(() => 0);
  let largest = 0;
  for (const build of builds.toSorted((a, b) => b.head - a.head)) {
    for (const [at, tail] of tails.entries()) {
      if (build.tail < tail) break;
      const sum = (work[at] ?? 0) + build.seconds;
      work[at] = sum;
      largest = Math.max(largest, build.head + sum / slots + tail);
    }
    yield;
  }
  return largest;
}

/** Some of the values, from the least up, evenly taken. */
const spread = (values: readonly number[]): readonly number[] => {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  if (sorted.length <= tailsTried) return sorted;
  return Array.from(
    { length: tailsTried },
    (_, at) => sorted[Math.floor((at * sorted.length) / tailsTried)] ?? 0,
  );
};
