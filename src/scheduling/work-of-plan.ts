/** A plan as work that is to be put in an order. */
import type { Arch, ImageName } from '../../schemas/ids.ts';
import type { Severity } from '../../schemas/nomination.ts';
import type { SourceReference } from '../planning/causes.ts';
import { causesOfPlan } from '../planning/causes-of-plan.ts';
import type { Plan, PlannedArchBuild } from '../planning/plan-types.ts';
import { type UrgentBuild, worseOf } from './urgency.ts';

export const workId = (image: string, arch: Arch): string => `${image} ${arch}`;

/** @param secondsOf - what an arch build is expected to take */
export const workOfPlan = (
  plan: Pick<Plan, 'builds'>,
  references: readonly SourceReference[],
  secondsOf: (image: ImageName, arch: Arch) => number,
): readonly UrgentBuild[] => {
  const causesOf = causesOfPlan(plan, references);
  return plan.builds.flatMap(({ image, arches }) =>
    arches.map((archBuild) => {
      const causes = causesOf(image, archBuild.arch);
      return {
        id: workId(image, archBuild.arch),
        seconds: secondsOf(image, archBuild.arch),
        dependsOn: parentsOf(archBuild),
        severity: causes.reduce<Severity>((worst, { severity }) => worseOf(worst, severity), 'none'),
        causes,
        byHand: archBuild.reasons.some(({ kind }) => kind === 'by-hand'),
      };
    }),
  );
};

const parentsOf = ({ arch, parent, buildParents }: PlannedArchBuild): readonly string[] =>
  [parent, ...buildParents].flatMap((one) => (one.kind === 'planned' ? [workId(one.image, arch)] : []));
