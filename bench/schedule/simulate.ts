/**
 * Runs made-up work through the scheduler that the dispatcher asks, without a clock: time goes on from the end of one
 * build to the end of the next. The peers' ways differ in what they wait for only; they are given our order.
 */
import { type Arch, ImageName } from '../../schemas/ids.ts';
import { assign } from '../../src/scheduling/assign.ts';
import type { ReadyBuild } from '../../src/scheduling/priority.ts';
import { urgencies } from '../../src/scheduling/urgency.ts';
import type { FamilyBuild, pools } from './family.ts';
import type { Way } from './ways.ts';

export interface Schedule {
  /** Seconds at which the last build of each arch ended. */
  readonly ends: ReadonlyMap<Arch, number>;
  /** Seconds in which a slot was free while a build that could have used it was ready. */
  readonly wasted: number;
}

interface Running {
  readonly build: FamilyBuild;
  readonly ends: number;
}

const start = new Date('2026-01-01T00:00:00Z').getTime();

export const simulate = (builds: readonly FamilyBuild[], slots: typeof pools, way: Way): Schedule => {
  const known = readyBuilds(builds);
  const gates = gatesOf(builds, way);
  const ready = new Map(gates.open().map((build) => [build.id, build]));
  const ends = new Map<Arch, number>();
  let running: Running[] = [];
  let now = 0;
  let wasted = 0;
  while (ready.size > 0 || running.length > 0) {
    const free = freeSlots(slots, running);
    for (const build of startable(ready, free, known, now)) {
      ready.delete(build.id);
      running.push({ build, ends: now + build.seconds });
    }
    const next = Math.min(...running.map((one) => one.ends));
    const idle = freeSlots(slots, running).filter(({ arch }) =>
      [...ready.values()].some((one) => one.arch === arch),
    );
    wasted += idle.reduce((sum, { slots: count }) => sum + count * (next - now), 0);
    now = next;
    const over = running.filter((one) => one.ends <= now);
    running = running.filter((one) => one.ends > now);
    for (const { build } of over) {
      ends.set(build.arch, now);
      for (const child of gates.over(build)) ready.set(child.id, child);
    }
  }
  return { ends, wasted };
};

/** As the scheduler knows them. */
const readyBuilds = (builds: readonly FamilyBuild[]): ReadonlyMap<string, ReadyBuild> => {
  const urgent = urgencies(
    builds.map(({ id, parent, arch, estimate }) => ({
      id,
      seconds: estimate,
      dependsOn: parent === undefined ? [] : [`${parent} ${arch}`],
      severity: 'none',
      byHand: false,
      causes: [],
    })),
  );
  return new Map(builds.map((build) => [build.id, readyBuild(build, urgent.get(build.id)?.path ?? 0)]));
};

const freeSlots = (slots: typeof pools, running: readonly Running[]): typeof pools =>
  slots
    .map(({ arch, slots: all }) => ({
      arch,
      slots: all - running.filter(({ build }) => build.arch === arch).length,
    }))
    .filter(({ slots: count }) => count > 0);

/** What the scheduler gives the free slots to. */
const startable = (
  ready: ReadonlyMap<string, FamilyBuild>,
  free: typeof pools,
  known: ReadonlyMap<string, ReadyBuild>,
  now: number,
): readonly FamilyBuild[] => {
  const open = new Set(free.map(({ arch }) => arch));
  const offered = [...ready.values()].filter(({ arch }) => open.has(arch));
  const assigned = assign({
    ready: offered.flatMap(({ id }) => known.get(id) ?? []),
    workers: free.map(({ arch, slots }) => ({ name: arch, arches: [arch], free: slots })),
    now: new Date(start + now * 1000),
  });
  return assigned.flatMap(({ id }) => ready.get(id) ?? []);
};

const readyBuild = ({ id, image, arch }: FamilyBuild, criticalPath: number): ReadyBuild => ({
  id,
  image: ImageName.parse(image),
  arch,
  severity: 'none',
  byHand: false,
  since: new Date(start),
  criticalPath,
});

/** Counts what is not over yet in each group. */
const gatesOf = (builds: readonly FamilyBuild[], way: Way) => {
  const left = new Map<string, number>();
  const waiting = new Map<string, FamilyBuild[]>();
  for (const build of builds) {
    for (const group of way.groups(build)) left.set(group, (left.get(group) ?? 0) + 1);
    const gate = way.waitsFor(build);
    if (gate !== undefined) waiting.set(gate, [...(waiting.get(gate) ?? []), build]);
  }
  return {
    open: () => builds.filter((build) => way.waitsFor(build) === undefined),
    /** @returns what may begin now. */
    over: (build: FamilyBuild): readonly FamilyBuild[] =>
      way.groups(build).flatMap((group) => {
        const count = (left.get(group) ?? 0) - 1;
        left.set(group, count);
        return count === 0 ? (waiting.get(group) ?? []) : [];
      }),
  };
};
