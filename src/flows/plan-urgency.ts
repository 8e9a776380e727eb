/** What the dispatcher will order a plan's arch builds by, worked out once, with the plan. */
import type { Arch, ImageName } from '../../schemas/ids.ts';
import type { Severity } from '../../schemas/nomination.ts';
import type { Plan, PlannedArchBuild } from '../planning/plan-types.ts';
import type { Flow } from '../runtime/consumer.ts';
import { urgencies } from '../scheduling/urgency.ts';
import { readEstimates } from './durations.ts';

/** Columns of `arch_build`. */
export interface UrgencyColumns {
  readonly estimated_seconds: number;
  readonly path_seconds: number;
  readonly planned_at: Date;
  readonly severity: Severity;
  readonly by_hand: boolean;
}

export type PlanUrgency = (image: ImageName, arch: Arch) => UrgencyColumns;

const idOf = (image: string, arch: Arch): string => `${image} ${arch}`;

export const planUrgency = async (
  flow: Pick<Flow, 'tx' | 'now'>,
  plan: Plan,
  severity: Severity,
): Promise<PlanUrgency> => {
  const estimate = await readEstimates(
    flow,
    plan.builds.map(({ image }) => image),
  );
  const builds = plan.builds.flatMap(({ image, arches }) =>
    arches.map((archBuild) => ({
      id: idOf(image, archBuild.arch),
      seconds: estimate(image, archBuild.arch),
      dependsOn: parentsOf(archBuild),
      severity,
      byHand: archBuild.reasons.some(({ kind }) => kind === 'by-hand'),
    })),
  );
  const urgent = urgencies(builds);
  const seconds = new Map(builds.map((build) => [build.id, build.seconds]));
  return (image, arch) => {
    const id = idOf(image, arch);
    const found = urgent.get(id);
    const own = seconds.get(id);
    if (found === undefined || own === undefined) throw new Error(`the plan does not build ${id}`);
    return {
      estimated_seconds: own,
      path_seconds: found.path,
      planned_at: flow.now,
      severity: found.severity,
      by_hand: found.byHand,
    };
  };
};

const parentsOf = ({ arch, parent, buildParents }: PlannedArchBuild): readonly string[] =>
  [parent, ...buildParents].flatMap((one) => (one.kind === 'planned' ? [idOf(one.image, arch)] : []));
