/** How long the longest chain of work is that begins with each arch build: what list scheduling goes by. */
import { toEnd } from '../planning/to-end.ts';
import { leavesFirstInSteps, parentsAmong, type Waiting } from './leaves-first.ts';

export interface EstimatedBuild extends Waiting {
  /** Its own estimate. */
  readonly seconds: number;
}

/**
 * Seconds from the start of each build to the end of the longest chain below it, its own included.
 * @throws Error naming builds that wait for each other in a circle.
 */
export const remainingPath = (builds: readonly EstimatedBuild[]): ReadonlyMap<string, number> =>
  toEnd(remainingPathInSteps(builds));

/** The same with a step for each. */
export function* remainingPathInSteps(
  builds: readonly EstimatedBuild[],
): Generator<undefined, ReadonlyMap<string, number>> {
  const byId = new Map(builds.map((build) => [build.id, build]));
  const below = new Map<string, number>();
  const paths = new Map<string, number>();
  for (const build of yield* leavesFirstInSteps(builds)) {
    const path = build.seconds + (below.get(build.id) ?? 0);
    paths.set(build.id, path);
    for (const id of parentsAmong(build, byId)) below.set(id, Math.max(below.get(id) ?? 0, path));
    yield;
  }
  return paths;
}
