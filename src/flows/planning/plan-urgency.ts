/** What the dispatcher will order a plan's arch builds by, worked out once, with the plan. */
import type { Arch, ImageName } from '../../../schemas/ids.ts';
import type { Severity } from '../../../schemas/nomination.ts';
import { causesBySource, causesOf, type SourceReference } from '../../planning/causes.ts';
import type { Plan, PlannedArchBuild } from '../../planning/plan-types.ts';
import type { CauseKind } from '../../planning/rule-matching.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { inSlices } from '../../runtime/in-slices.ts';
import { urgenciesInSteps, worseOf } from '../../scheduling/urgency.ts';
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

const idOf = (image: string, arch: Arch): string => `${image} ${arch}`;

export const planUrgency = async (
  flow: Pick<Flow, 'tx' | 'now'>,
  plan: Plan,
  references: readonly SourceReference[],
): Promise<PlanUrgency> => {
  const causes = causesOfPlan(plan, references);
  const estimate = await readEstimates(
    flow,
    plan.builds.map(({ image }) => image),
  );
  const builds = plan.builds.flatMap(({ image, arches }) =>
    arches.map((archBuild) => ({
      id: idOf(image, archBuild.arch),
      seconds: estimate(image, archBuild.arch),
      dependsOn: parentsOf(archBuild),
      severity: worstOf(causes.get(idOf(image, archBuild.arch)) ?? []),
      causes: causes.get(idOf(image, archBuild.arch)) ?? [],
      byHand: archBuild.reasons.some(({ kind }) => kind === 'by-hand'),
    })),
  );
  const urgent = await inSlices(urgenciesInSteps(builds));
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
      causes: [...found.causes],
    };
  };
};

const parentsOf = ({ arch, parent, buildParents }: PlannedArchBuild): readonly string[] =>
  [parent, ...buildParents].flatMap((one) => (one.kind === 'planned' ? [idOf(one.image, arch)] : []));

/** Parents come before their children in a plan. */
const causesOfPlan = (
  plan: Plan,
  references: readonly SourceReference[],
): ReadonlyMap<string, readonly CauseKind[]> => {
  const bySource = causesBySource(references);
  const known = new Map<string, readonly CauseKind[]>();
  for (const { image, arches } of plan.builds) {
    for (const { arch, reasons } of arches) {
      const ofParent = (parent: string) => known.get(idOf(parent, arch)) ?? [];
      known.set(idOf(image, arch), causesOf(reasons, bySource, ofParent));
    }
  }
  return known;
};

const worstOf = (causes: readonly CauseKind[]): Severity =>
  causes.reduce<Severity>((worst, { severity }) => worseOf(worst, severity), 'none');
