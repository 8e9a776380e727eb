/** Reasons for the arches that nothing was found to do for. */
import { byText } from '../../schemas/by-text.ts';
import type { Arch } from '../../schemas/ids.ts';
import { findingsFromBase } from './base-reasons.ts';
import type { Finding } from './findings.ts';
import { type LeftAlone, type LeftAloneReason, leftAlone, type PackageAtHand } from './left-alone.ts';
import type { PlannableImage } from './plan-types.ts';
import { ancestorsOf, archesOf, isPlanned, layerParentOf, type PlanningState } from './planning-state.ts';
import { withdrawnLeftAlone } from './withdrawn.ts';

/** For one image: arches that are neither planned nor explained yet. One entry for all where none holds anything. */
export const explainRest = (
  image: PlannableImage,
  state: PlanningState,
  explained: ReadonlySet<Arch | undefined>,
): readonly LeftAlone[] => {
  const rest = archesOf(image).filter((arch) => !isPlanned(state, image.name, arch) && !explained.has(arch));
  const entries = rest.flatMap((arch) => explainArch(image, arch, state));
  const nothingAtAll =
    entries.length === image.arches.length && entries.every(({ reason }) => reason.kind === 'without-it');
  return nothingAtAll ? [leftAlone(image.name, undefined, { kind: 'without-it' })] : entries;
};

const explainArch = (image: PlannableImage, arch: Arch, state: PlanningState): readonly LeftAlone[] => {
  const introduced = [...(state.introduced.get(image.name)?.get(arch)?.values() ?? [])];
  const inherited = [...(state.inherited.get(image.name)?.get(arch)?.values() ?? [])];
  const reasons = [
    ...together(introduced, (finding, packages) => ({ kind: finding.lack, packages })),
    ...together(findingsFromBase(image, arch, state), (finding, packages) =>
      baseReason(image, finding, packages),
    ),
    ...together(inherited, (finding, packages) => inheritedReason(image, finding, packages, state)),
  ];
  const madeFrom = image.module?.madeFrom[arch];
  if (madeFrom !== undefined) reasons.push({ kind: 'module-not-newer', module: madeFrom });
  const withdrawn = withdrawnLeftAlone(image, arch, state);
  if (reasons.length + withdrawn.length === 0) reasons.push({ kind: 'without-it' });
  return [...reasons.map((reason) => leftAlone(image.name, arch, reason)), ...withdrawn];
};

/** One reason of each kind, with all its packages sorted. */
const together = (
  findings: readonly Finding[],
  reasonOf: (finding: Finding, packages: PackageAtHand[]) => LeftAloneReason,
): LeftAloneReason[] => {
  const byKind = new Map<string, { finding: Finding; packages: PackageAtHand[] }>();
  for (const finding of findings) {
    const { kind } = reasonOf(finding, []);
    const known = byKind.get(kind);
    if (known) known.packages.push(finding.atHand);
    else byKind.set(kind, { finding, packages: [finding.atHand] });
  }
  return [...byKind]
    .sort(([a], [b]) => byText(a, b))
    .map(([, { finding, packages }]) => reasonOf(finding, packages.sort(byPackage)));
};

const inheritedReason = (
  image: PlannableImage,
  finding: Finding,
  packages: PackageAtHand[],
  state: PlanningState,
): LeftAloneReason => {
  const root = [...ancestorsOf(state, image)].at(-1) ?? image;
  if (finding.fix && root.layerParent?.kind === 'external') {
    return { kind: 'external-base', pullspec: root.layerParent.pullspec, packages };
  }
  const parent = layerParentOf(image);
  if (parent === undefined) return { kind: finding.lack, packages };
  return finding.fix ? { kind: 'blocked', by: parent } : { kind: 'fixed-below', parent, packages };
};

const baseReason = (image: PlannableImage, finding: Finding, packages: PackageAtHand[]): LeftAloneReason =>
  finding.fix && image.layerParent?.kind === 'external'
    ? { kind: 'external-base', pullspec: image.layerParent.pullspec, packages }
    : { kind: finding.lack, packages };

const byPackage = (a: PackageAtHand, b: PackageAtHand): number =>
  byText(a.name, b.name) || byText(a.arch, b.arch) || byText(JSON.stringify(a), JSON.stringify(b));
