/** A plan as work that is to be put in an order. */
import type { Arch, ImageName } from '../../schemas/ids.ts';
import type { Severity } from '../../schemas/nomination.ts';
import type { SourceReference } from '../planning/causes.ts';
import { causesOfPlanInSteps } from '../planning/causes-of-plan.ts';
import type { Plan, PlannedArchBuild } from '../planning/plan-types.ts';
import { toEnd } from '../planning/to-end.ts';
import { type UrgentBuild, worseOf } from './urgency.ts';

export const workId = (image: string, arch: Arch): string => `${image} ${arch}`;

type SecondsOf = (image: ImageName, arch: Arch) => number;

/** @param secondsOf - what an arch build is expected to take */
export const workOfPlan = (
  plan: Pick<Plan, 'builds'>,
  references: readonly SourceReference[],
  secondsOf: SecondsOf,
): readonly UrgentBuild[] => toEnd(workOfPlanInSteps(plan, references, secondsOf));

/** The same with a step for each build. */
export function* workOfPlanInSteps(
  plan: Pick<Plan, 'builds'>,
  references: readonly SourceReference[],
  secondsOf: SecondsOf,
): Generator<undefined, readonly UrgentBuild[]> {
  const causesOf = yield* causesOfPlanInSteps(plan, references);
  const work: UrgentBuild[] = [];
  for (const { image, arches } of plan.builds) {
    for (const archBuild of arches) {
      const causes = causesOf(image, archBuild.arch);
      work.push({
        id: workId(image, archBuild.arch),
        seconds: secondsOf(image, archBuild.arch),
        dependsOn: parentsOf(archBuild),
        severity: causes.reduce<Severity>((worst, { severity }) => worseOf(worst, severity), 'none'),
        causes,
        byHand: archBuild.reasons.some(({ kind }) => kind === 'by-hand'),
      });
    }
    yield;
  }
  return work;
}

const parentsOf = ({ arch, parent, buildParents }: PlannedArchBuild): readonly string[] =>
  [parent, ...buildParents].flatMap((one) => (one.kind === 'planned' ? [workId(one.image, arch)] : []));
