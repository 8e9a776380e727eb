/** How near each way of scheduling comes to what no schedule can stay below. */
import { boundOf } from '../../src/scheduling/bound.ts';
import { aFamily, type FamilyBuild, type FamilyOptions, pools } from './family.ts';
import { simulate } from './simulate.ts';
import type { Way } from './ways.ts';

export interface Nearness {
  /** Of the pool that fares worst: when its last build ended, over its bound. */
  readonly worstPool: number;
  /** When the very last build ended, over the bound of all. */
  readonly overall: number;
  /** Seconds of slots that were free beside work that was ready for them. */
  readonly wasted: number;
}

/** @returns one a way, on the same work. */
export const nearness = (options: FamilyOptions, ways: readonly Way[]): readonly Nearness[] => {
  const builds = aFamily(options);
  const bound = boundOf(
    builds.map(timed),
    pools.map(({ arch, slots }) => ({ arches: [arch], slots })),
  );
  return ways.map((way) => {
    const { ends, wasted } = simulate(builds, pools, way);
    const ratios = bound.pools.map((pool) => (ends.get(pool.arch) ?? Number.NaN) / pool.bound);
    return {
      worstPool: Math.max(...ratios),
      overall: Math.max(...ends.values()) / bound.seconds,
      wasted,
    };
  });
};

const timed = ({ id, arch, parent, seconds }: FamilyBuild) => ({
  id,
  arch,
  seconds,
  dependsOn: parent === undefined ? [] : [`${parent} ${arch}`],
});
