/** What an image has to do with the external base that it stands on: a base that moved, and packages that it may upgrade. */
import type { Arch } from '../../schemas/ids.ts';
import { wantedFix } from './awaited.ts';
import type { Finding } from './findings.ts';
import type { PlannableImage } from './plan-types.ts';
import type { PlanningState } from './planning-state.ts';
import type { Reason } from './reason.ts';

/** None for an image that stands on one of ours, or on nothing. */
export const baseReasons = (image: PlannableImage, arch: Arch, state: PlanningState): readonly Reason[] => {
  if (image.layerParent?.kind !== 'external') return [];
  const { pullspec } = image.layerParent;
  const fixes = findingsFromBase(image, arch, state).flatMap((finding): Reason[] => {
    const fix = wantedFix(image, finding, state.fromBase, state);
    return fix && mayUpgrade(image, finding, state) ? [{ kind: 'base-package', ...fix, pullspec }] : [];
  });
  return [...moved(image, arch, pullspec, state), ...fixes];
};

const moved = (
  image: PlannableImage,
  arch: Arch,
  pullspec: string,
  state: PlanningState,
): readonly Reason[] => {
  const to = state.bases.get(pullspec)?.get(arch);
  if (to === undefined || image.baseline === undefined) return [];
  const built = image.baseline.arches[arch];
  // The base has come to have this arch.
  if (built === undefined) return [{ kind: 'never-built', references: [] }];
  const from = built.parentManifest;
  return from === undefined || from === to
    ? []
    : [{ kind: 'base-moved', pullspec, from, to, references: [] }];
};

export const findingsFromBase = (
  image: PlannableImage,
  arch: Arch,
  state: PlanningState,
): readonly Finding[] => [...(state.fromBase.get(image.name)?.get(arch)?.values() ?? [])];

const mayUpgrade = (image: PlannableImage, finding: Finding, state: PlanningState): boolean => {
  const policy = image.upgradeInherited ?? 'never';
  return policy === 'always' || (policy === 'security' && state.security.has(finding.rpm.sourceName));
};
