/** How long the longest chain of work is that begins with each arch build: what list scheduling goes by. */

export interface EstimatedBuild {
  readonly id: string;
  /** Its own estimate. */
  readonly seconds: number;
  /** Ids it waits for; those that are not in the list have ended. */
  readonly dependsOn: readonly string[];
}

/**
 * Seconds from the start of each build to the end of the longest chain below it, its own included.
 * @throws Error naming builds that wait for each other in a circle.
 */
export const remainingPath = (builds: readonly EstimatedBuild[]): ReadonlyMap<string, number> => {
  const byId = new Map(builds.map((build) => [build.id, build]));
  const parentsOf = (build: EstimatedBuild) => [...new Set(build.dependsOn)].filter((id) => byId.has(id));
  const waiting = new Map<string, number>(builds.map((build) => [build.id, 0]));
  for (const build of byId.values()) {
    for (const parent of parentsOf(build)) waiting.set(parent, (waiting.get(parent) ?? 0) + 1);
  }

  const below = new Map<string, number>();
  const paths = new Map<string, number>();
  // From the leaves upwards; a build is done once all that wait for it are.
  const done = [...byId.values()].filter((build) => waiting.get(build.id) === 0);
  for (let build = done.pop(); build; build = done.pop()) {
    const path = build.seconds + (below.get(build.id) ?? 0);
    paths.set(build.id, path);
    for (const id of parentsOf(build)) {
      below.set(id, Math.max(below.get(id) ?? 0, path));
      const left = (waiting.get(id) ?? 0) - 1;
      waiting.set(id, left);
      const parent = byId.get(id);
      if (left === 0 && parent) done.push(parent);
    }
  }
  if (paths.size < byId.size) {
    const circle = [...byId.keys()].filter((id) => !paths.has(id)).sort();
    throw new Error(`these builds wait for each other in a circle, so none can start: ${circle.join(', ')}`);
  }
  return paths;
};
