/** Why each arch of one image would be built, were nothing to forbid it. */
import { byText } from '../../schemas/by-text.ts';
import type { Arch, ImageName } from '../../schemas/ids.ts';
import { evrCompare } from '../rpm/evr.ts';
import { wantedFix } from './awaited.ts';
import { baseReasons } from './base-reasons.ts';
import { type Finding, packageKey } from './findings.ts';
import { fixOf } from './fix-of.ts';
import { moduleReason } from './modules.ts';
import type { BestOffer } from './offer-index.ts';
import type { PlannableImage } from './plan-types.ts';
import {
  ancestorsOf,
  archesOf,
  canCarry,
  isChanging,
  isPlanned,
  layerParentOf,
  type PlanningState,
} from './planning-state.ts';
import type { Reason } from './reason.ts';
import { changes, type UnderWay } from './under-way.ts';
import { withdrawnReasons } from './withdrawn.ts';

/** Arches without a reason are not in it. The image's parents have been planned already. */
export const archReasons = (
  image: PlannableImage,
  state: PlanningState,
): ReadonlyMap<Arch, readonly Reason[]> => {
  const arches = archesOf(image);
  const own = new Map(arches.map((arch) => [arch, ownReasons(image, arch, state)]));
  if ([...own.values()].every((reasons) => reasons.length === 0)) return new Map();
  if (image.underWay) return new Map([...own].filter(([, reasons]) => reasons.length > 0).map(sortedReasons));
  const rest: Reason['kind'] | undefined = restReason(image);
  return new Map(
    arches.flatMap((arch) => {
      const reasons = [...(own.get(arch) ?? [])];
      const absent = image.baseline?.arches[arch] === undefined;
      if (rest === 'source-changed') reasons.push({ kind: rest, references: [] });
      else if (reasons.length === 0 && absent) reasons.push({ kind: 'never-built', references: [] });
      return reasons.length === 0 ? [] : [[arch, mergedReasons(reasons)] as const];
    }),
  );
};

const sortedReasons = ([arch, reasons]: [Arch, readonly Reason[]]) => [arch, mergedReasons(reasons)] as const;

/** An index is of one source: where it changed, every arch is built. */
const restReason = (image: PlannableImage) =>
  image.baseline && !canCarry(image) ? 'source-changed' : undefined;

const ownReasons = (image: PlannableImage, arch: Arch, state: PlanningState): readonly Reason[] => {
  const asked = asksFor(image, arch, state);
  const ofModule = moduleReason(image, arch, state);
  if (!image.baseline && !image.underWay)
    return [...asked, ...ofModule, { kind: 'never-built', references: [] }];
  const parent = layerParentOf(image);
  const reasons: Reason[] = [...asked, ...ofModule];
  for (const finding of findings(state.introduced, image, arch)) {
    const fix = wantedFix(image, finding, state.introduced, state);
    if (fix) reasons.push({ kind: 'package', ...fix, introducedBy: image.name });
  }
  if (parent !== undefined && follows(image, parent, arch, state))
    reasons.push({ kind: 'inherited', parent });
  else if (parent !== undefined && isOnOlderParent(image, arch, state)) {
    for (const { rpm, fix } of findings(state.inherited, image, arch)) {
      const parentHas = fix && presentParentHas(fix, image, arch, packageKey(rpm), state);
      if (!fix || !parentHas || parentHas === 'old') continue;
      reasons.push({ kind: 'parent-newer', ...fixOf(rpm, fix, state), parent, parentHas });
    }
  }
  return [
    ...reasons,
    ...withdrawnReasons(image, arch, state),
    ...baseReasons(image, arch, state),
    ...buildParentReasons(image, arch, state),
  ];
};

/** Over build-only edges only where the image says so. */
const buildParentReasons = (image: PlannableImage, arch: Arch, state: PlanningState): readonly Reason[] =>
  !image.followsBuildParents
    ? []
    : image.buildParents.flatMap((parent) =>
        parent.kind === 'image' && isPlanned(state, parent.image, arch)
          ? [{ kind: 'build-parent', parent: parent.image }]
          : [],
      );

/** What it was asked for and has not come about by itself. */
const asksFor = (image: PlannableImage, arch: Arch, state: PlanningState): readonly Reason[] => {
  const { underWay } = image;
  const isOfThisSource = underWay?.treeId === image.treeId && underWay.version === image.version;
  return (state.requests.get(image.name) ?? [])
    .filter((request) => request.arches?.includes(arch) ?? true)
    .map((request) => request.reason)
    .filter(({ kind }) => {
      if (kind === 'by-hand') return true;
      // Which files of a build-only parent are in it cannot be told.
      if (kind === 'parent-rebuilt')
        return isOnOlderParent(image, arch, state) || image.followsBuildParents === true;
      return kind === 'base-moved' || !isOfThisSource;
    });
};

/** Whether the parent changes below it. What is being built upon the parent's build under way has that already. */
const follows = (image: PlannableImage, parent: ImageName, arch: Arch, state: PlanningState): boolean => {
  const upon = image.underWay?.upon;
  const isUponIt = upon !== undefined && upon === state.images.get(parent)?.underWay?.nvr;
  return isUponIt ? isPlanned(state, parent, arch) : isChanging(state, parent, arch);
};

const findings = (of: PlanningState['introduced'], image: PlannableImage, arch: Arch): Iterable<Finding> =>
  of.get(image.name)?.get(arch)?.values() ?? [];

/** Manifests have no order: another than the parent's present one is taken for an older. */
const isOnOlderParent = (image: PlannableImage, arch: Arch, state: PlanningState): boolean => {
  const parent = layerParentOf(image);
  const below = parent === undefined ? undefined : state.images.get(parent);
  const present = below?.baseline?.arches[arch]?.manifestDigest;
  if (changes(image.underWay?.arches[arch])) return !isUponPresent(image.underWay, below);
  const builtOn = image.baseline?.arches[arch]?.parentManifest;
  return present !== undefined && builtOn !== undefined && present !== builtOn;
};

const isUponPresent = (underWay: UnderWay | undefined, parent: PlannableImage | undefined): boolean =>
  underWay?.upon === parent?.baseline?.nvr || underWay?.upon === parent?.underWay?.nvr;

/**
 * What a rebuild on the parent as it is would bring: the fix, or no such package any more (another module stream's is
 * another package). With the old one an image below is the fix's owner, and this one follows or is blocked.
 */
const presentParentHas = (
  fix: BestOffer,
  image: PlannableImage,
  arch: Arch,
  key: string,
  state: PlanningState,
): 'fix' | 'no-such-package' | 'old' => {
  for (const ancestor of ancestorsOf(state, image)) {
    const of = (rows: PlanningState['introduced']) => rows.get(ancestor.name)?.get(arch)?.get(key);
    const present = of(state.introduced) ?? of(state.inherited) ?? of(state.fromBase);
    if (present) return evrCompare(present.rpm, fix.rpm) >= 0 ? 'fix' : 'old';
    // Its packages are told of only where they are in question too: that it has none of it cannot be known.
    if (ancestor.distroRelease !== image.distroRelease) return 'old';
    // It would have been told of what that one inherits.
    if (isOnOlderParent(ancestor, arch, state)) break;
    if (hidesBelow(findings(state.introduced, ancestor, arch), fix)) break;
  }
  return 'no-such-package';
};

/** Whether one of another module stream took its place: what lies further below is not in the image. */
const hidesBelow = (introduced: Iterable<Finding>, { rpm: wanted }: BestOffer): boolean =>
  [...introduced].some(({ rpm }) => rpm.name === wanted.name && rpm.arch === wanted.arch);

const kinds: readonly Reason['kind'][] = [
  'module',
  'package',
  'withdrawn',
  'parent-newer',
  'inherited',
  'build-parent',
  'base-moved',
  'base-package',
  'source-changed',
  'never-built',
  'by-hand',
  'parent-rebuilt',
];

const sortKey = (reason: Reason): string => {
  if (reason.kind === 'module') return reason.to;
  if ('name' in reason) return [reason.name, reason.arch, reason.module ?? ''].join('\n');
  return 'parent' in reason ? reason.parent : '';
};

/** Sorted; of requests of one kind, one with the references of all. */
export const mergedReasons = (reasons: readonly Reason[]): readonly Reason[] => {
  const byKey = new Map<string, Reason>();
  for (const reason of reasons) {
    const key = `${kinds.indexOf(reason.kind)}\n${sortKey(reason)}`;
    const known = byKey.get(key);
    byKey.set(key, known ? together(known, reason) : reason);
  }
  return [...byKey].sort(([a], [b]) => byText(a, b)).map(([, reason]) => reason);
};

const together = (a: Reason, b: Reason): Reason =>
  'references' in a && 'references' in b
    ? { ...a, references: [...new Set([...a.references, ...b.references])].sort() }
    : a;
