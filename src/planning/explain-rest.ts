/** Reasons for the arches that nothing was found to do for. */
import { byText } from '../../schemas/by-text.ts';
import type { Arch, ImageName } from '../../schemas/ids.ts';
import { findingsFromBase } from './base-reasons.ts';
import type { Finding, FindingsByImage } from './findings.ts';
import {
  type Lack,
  type LeftAlone,
  type LeftAloneReason,
  leftAlone,
  type PackageAtHand,
} from './left-alone.ts';
import type { PlannableImage } from './plan-types.ts';
import { ancestorsOf, archesOf, isPlanned, layerParentOf, type PlanningState } from './planning-state.ts';
import { withdrawnLeftAlone } from './withdrawn.ts';

/** For one image: arches that are neither planned nor explained yet. One entry for all where all have the same from nowhere, or from below. */
export const explainRest = (
  image: PlannableImage,
  state: PlanningState,
  explained: ReadonlySet<Arch | undefined>,
): readonly LeftAlone[] => {
  const rest = archesOf(image).filter((arch) => !isPlanned(state, image.name, arch) && !explained.has(arch));
  const entries = rest.map((arch) => explainArch(image, arch, state));
  const [first] = entries.flat();
  const isNothingItHas = first?.reason.kind === 'without-it' || first?.reason.kind === 'inherited';
  const isSameForAll =
    rest.length === image.arches.length &&
    entries.every((of) => of.length === 1 && of[0]?.text === first?.text);
  return first !== undefined && isNothingItHas && isSameForAll
    ? [leftAlone(image.name, undefined, first.reason)]
    : entries.flat();
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
  if (reasons.length + withdrawn.length === 0) reasons.push(...hasFromBelow(image, arch, state));
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

/** From each image below that brings any of it, nearest first. What one has of an older parent hides what is below. */
const hasFromBelow = (
  image: PlannableImage,
  arch: Arch,
  state: PlanningState,
): readonly LeftAloneReason[] => {
  const reasons: LeftAloneReason[] = [];
  for (const { name } of ancestorsOf(state, image)) {
    const older = lacksOf(state.inherited, name, arch);
    const lacks = [
      ...lacksOf(state.introduced, name, arch),
      ...lacksOf(state.fromBase, name, arch),
      ...older,
    ];
    for (const lack of [...new Set(lacks)].sort()) reasons.push({ kind: 'inherited', from: name, lack });
    if (older.length > 0) break;
  }
  return reasons;
};

const lacksOf = (findings: FindingsByImage, image: ImageName, arch: Arch): readonly Lack[] =>
  [...(findings.get(image)?.get(arch)?.values() ?? [])].flatMap(({ fix, lack }) => (fix ? [] : [lack]));

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
