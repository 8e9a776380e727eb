/** What kinds of change each arch build of a plan is for. */
import type { Arch, ImageName } from '../../schemas/ids.ts';
import { causesBySource, causesOf, type SourceReference } from './causes.ts';
import type { Plan } from './plan-types.ts';
import type { CauseKind } from './rule-matching.ts';

export type CausesOfPlan = (image: ImageName, arch: Arch) => readonly CauseKind[];

/** Parents come before their children in a plan. A step for each build. */
export function* causesOfPlanInSteps(
  { builds }: Pick<Plan, 'builds'>,
  references: readonly SourceReference[],
): Generator<undefined, CausesOfPlan> {
  const bySource = causesBySource(references);
  const known = new Map<string, readonly CauseKind[]>();
  for (const { image, arches } of builds) {
    for (const { arch, reasons } of arches) {
      const ofParent = (parent: string) => known.get(`${parent} ${arch}`) ?? [];
      known.set(`${image} ${arch}`, causesOf(reasons, bySource, ofParent));
    }
    yield;
  }
  return (image, arch) => known.get(`${image} ${arch}`) ?? [];
}
