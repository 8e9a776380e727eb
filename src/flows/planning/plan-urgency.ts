/** What the dispatcher will order a plan's arch builds by, worked out once, with the plan. */
import type { Arch, ImageName } from '../../../schemas/ids.ts';
import type { Severity } from '../../../schemas/nomination.ts';
import type { SourceReference } from '../../planning/causes.ts';
import type { Plan } from '../../planning/plan-types.ts';
import type { CauseKind } from '../../planning/rule-matching.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { inSlices } from '../../runtime/in-slices.ts';
import { urgenciesInSteps } from '../../scheduling/urgency.ts';
import { workId, workOfPlan } from '../../scheduling/work-of-plan.ts';
import { readEstimates } from '../dispatching/durations.ts';

/** Columns of `arch_build`. */
export interface UrgencyColumns {
  readonly estimated_seconds: number;
  readonly path_seconds: number;
  readonly planned_at: Date;
  readonly severity: Severity;
  readonly by_hand: boolean;
  readonly causes: CauseKind[];
}

export type PlanUrgency = (image: ImageName, arch: Arch) => UrgencyColumns;

export const planUrgency = async (
  flow: Pick<Flow, 'tx' | 'now'>,
  plan: Plan,
  references: readonly SourceReference[],
): Promise<PlanUrgency> => {
  const estimate = await readEstimates(
    flow,
    plan.builds.map(({ image }) => image),
  );
  const builds = workOfPlan(plan, references, estimate);
  const urgent = await inSlices(urgenciesInSteps(builds));
  const seconds = new Map(builds.map((build) => [build.id, build.seconds]));
  return (image, arch) => {
    const id = workId(image, arch);
    const found = urgent.get(id);
    const own = seconds.get(id);
    if (found === undefined || own === undefined) throw new Error(`the plan does not build ${id}`);
    return {
      estimated_seconds: own,
      path_seconds: found.path,
      planned_at: flow.now,
      severity: found.severity,
      by_hand: found.byHand,
      causes: [...found.causes],
    };
  };
};
