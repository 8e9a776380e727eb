/** What the dispatcher will order a plan's arch builds by, worked out once, with the plan. */
import { Arch, type ImageName } from '../../../schemas/ids.ts';
import type { Severity } from '../../../schemas/nomination.ts';
import type { SourceReference } from '../../planning/causes.ts';
import type { Plan } from '../../planning/plan-types.ts';
import type { CauseKind } from '../../planning/rule-matching.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { inSlices } from '../../runtime/in-slices.ts';
import { type Urgency, urgenciesInSteps } from '../../scheduling/urgency.ts';
import { workId, workOfPlanInSteps } from '../../scheduling/work-of-plan.ts';
import { readEstimates } from '../dispatching/durations.ts';

/** Columns of `arch_build`. */
export interface UrgencyColumns {
  readonly estimated_seconds: number;
  readonly path_seconds: number;
  readonly planned_at: Date;
  readonly severity: Severity;
  readonly by_hand: boolean;
  readonly causes: readonly CauseKind[];
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
  const urgent = new Map<Arch, ReadonlyMap<string, Urgency>>();
  // No arch waits for another.
  for (const arch of Arch.options) {
    const builds = await inSlices(workOfPlanInSteps(onlyOn(arch, plan), references, estimate));
    urgent.set(arch, await inSlices(urgenciesInSteps(builds)));
  }
  return (image, arch) => {
    const found = urgent.get(arch)?.get(workId(image, arch));
    if (found === undefined) throw new Error(`the plan does not build ${image} on ${arch}`);
    return {
      estimated_seconds: estimate(image, arch),
      path_seconds: found.path,
      planned_at: flow.now,
      severity: found.severity,
      by_hand: found.byHand,
      causes: found.causes,
    };
  };
};

const onlyOn = (only: Arch, { builds }: Plan): Pick<Plan, 'builds'> => ({
  builds: builds.map((build) => ({ ...build, arches: build.arches.filter(({ arch }) => arch === only) })),
});
