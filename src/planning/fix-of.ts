/** A package and what is on offer for it, as reasons keep it. */
import { evrOf, type Finding } from './findings.ts';
import type { BestOffer } from './offer-index.ts';
import type { PlanningState } from './planning-state.ts';

export const fixOf = (rpm: Finding['rpm'], fix: BestOffer, state: PlanningState) => ({
  name: rpm.name,
  arch: rpm.arch,
  from: evrOf(rpm),
  to: evrOf(fix.rpm),
  source: fix.rpm.sourceName,
  ...(fix.rpm.module !== undefined && { module: fix.rpm.module }),
  repositories: [...fix.repositories],
  references: [...(state.references.get(fix.rpm.sourceName) ?? [])],
});
