/** How urgent each arch build of a plan is: as urgent as the most urgent of what waits for it. */
import type { Severity } from '../../schemas/nomination.ts';
import { eachOnce } from '../planning/causes.ts';
import type { CauseKind } from '../planning/rule-matching.ts';
import { toEnd } from '../planning/to-end.ts';
import { leavesFirstInSteps, parentsAmong } from './leaves-first.ts';
import { severityClass } from './priority.ts';
import type { EstimatedBuild } from './remaining-path.ts';

export interface UrgentBuild extends EstimatedBuild {
  readonly severity: Severity;
  /** Asked for by a person. */
  readonly byHand: boolean;
  /** What it is rebuilt for. */
  readonly causes: readonly CauseKind[];
}

export interface Urgency {
  /** Seconds to the end of the longest chain that waits for it, itself included. */
  readonly path: number;
  readonly severity: Severity;
  readonly byHand: boolean;
  /** Its own, and those of what waits for it. */
  readonly causes: readonly CauseKind[];
}

export const worseOf = (a: Severity, b: Severity): Severity => (severityClass(a) <= severityClass(b) ? a : b);

/**
 * A build of low severity that a critical one waits for is critical itself, and one that a person's build waits for is
 * that person's.
 * @throws Error naming builds that wait for each other in a circle.
 */
export const urgencies = (builds: readonly UrgentBuild[]): ReadonlyMap<string, Urgency> =>
  toEnd(urgenciesInSteps(builds));

/** The same with a step for each, as {@link leavesFirstInSteps}. */
export function* urgenciesInSteps(
  builds: readonly UrgentBuild[],
): Generator<undefined, ReadonlyMap<string, Urgency>> {
  const byId = new Map(builds.map((build) => [build.id, build]));
  const urgent = new Map<string, Urgency>();
  const below = new Map<string, Urgency>();
  for (const build of yield* leavesFirstInSteps(builds)) {
    const waits = below.get(build.id);
    const own = { ...together(build, waits), path: build.seconds + (waits?.path ?? 0) };
    urgent.set(build.id, own);
    for (const id of parentsAmong(build, byId)) {
      const known = below.get(id);
      below.set(id, { ...together(own, known), path: Math.max(own.path, known?.path ?? 0) });
    }
    yield;
  }
  return urgent;
}

type Who = Pick<Urgency, 'severity' | 'byHand' | 'causes'>;

const together = ({ severity, byHand, causes }: Who, other: Who | undefined): Who =>
  other === undefined
    ? { severity, byHand, causes }
    : {
        severity: worseOf(severity, other.severity),
        byHand: byHand || other.byHand,
        causes: causes === other.causes ? causes : eachOnce([...causes, ...other.causes]),
      };
