/** What becomes of packages whose build was withdrawn: an alarm, or what is on offer now, be it older. */
import { byText } from '../../schemas/by-text.ts';
import type { Arch } from '../../schemas/ids.ts';
import { evrOf } from './findings.ts';
import { fixOf } from './fix-of.ts';
import { type LeftAlone, type LeftAloneReason, leftAlone, type PackageAtHand } from './left-alone.ts';
import type { PlannableImage, Withdrawn } from './plan-types.ts';
import { isChanging, isPlanned, layerParentOf, type PlanningState } from './planning-state.ts';
import type { Reason } from './reason.ts';

type Because = Extract<LeftAloneReason, { kind: 'withdrawn' }>['because'];

type Verdict =
  | { readonly kind: 'outdated' }
  /** Its parent changes, and it with it. */
  | { readonly kind: 'follows' }
  | { readonly kind: 'alarm'; readonly because: Because }
  | { readonly kind: 'rebuild'; readonly reason: Reason };

const of = (image: PlannableImage, arch: Arch, state: PlanningState): readonly Withdrawn[] =>
  state.withdrawn.get(`${image.name} ${arch}`) ?? [];

/** The image's parents have been planned already. */
export const withdrawnReasons = (
  image: PlannableImage,
  arch: Arch,
  state: PlanningState,
): readonly Reason[] =>
  of(image, arch, state).flatMap((row) => {
    const verdict = verdictOf(row, image, state);
    return verdict.kind === 'rebuild' ? [verdict.reason] : [];
  });

const verdictOf = (row: Withdrawn, image: PlannableImage, state: PlanningState): Verdict => {
  const { arch, rpm } = row;
  if (isOutdated(row, image, state)) return { kind: 'outdated' };
  const elsewhere = row.own ? undefined : heldBelow(row, image, state);
  if (elsewhere) return elsewhere;
  if (image.onWithdrawal !== 'rebuild') return { kind: 'alarm', because: 'policy' };
  const best = state.offers.best(image.distroRelease, arch, rpm);
  if (best === undefined) return { kind: 'alarm', because: 'nothing-else' };
  const fix = { ...fixOf(rpm, best, state), references: [...row.references] };
  return { kind: 'rebuild', reason: { kind: 'withdrawn', ...fix, build: { ...row.build } } };
};

/** The repositories decide: a message may be older than what they list. */
const isOutdated = (
  { taggedAgain, arch, rpm }: Withdrawn,
  { distroRelease }: PlannableImage,
  state: PlanningState,
) => taggedAgain || state.offers.lists(distroRelease, arch, rpm);

/** What it has from below it goes on to have, whatever it is rebuilt for. */
const staysBelow = (row: Withdrawn, image: PlannableImage, state: PlanningState): boolean =>
  !row.own && heldBelow(row, image, state)?.kind === 'alarm';

/** Undefined where the parent no longer has it: the image was built on an older one, and is rid of it on the present. */
const heldBelow = ({ arch, rpm }: Withdrawn, image: PlannableImage, state: PlanningState) => {
  const parent = layerParentOf(image);
  if (parent === undefined) return { kind: 'alarm', because: 'external-base' } as const;
  if (isChanging(state, parent, arch)) return { kind: 'follows' } as const;
  const below = state.withdrawn.get(`${parent} ${arch}`) ?? [];
  return below.some((each) => isSame(each.rpm, rpm))
    ? ({ kind: 'alarm', because: 'inherited' } as const)
    : undefined;
};

const isSame = (a: Withdrawn['rpm'], b: Withdrawn['rpm']): boolean =>
  a.name === b.name && a.arch === b.arch && JSON.stringify(evrOf(a)) === JSON.stringify(evrOf(b));

/** Reasons of each kind for an arch of which nothing is planned. */
export const withdrawnLeftAlone = (
  image: PlannableImage,
  arch: Arch,
  state: PlanningState,
): readonly LeftAlone[] => {
  const byKind = new Map<string, { verdict: Verdict; rows: Withdrawn[] }>();
  for (const row of of(image, arch, state)) {
    const verdict = verdictOf(row, image, state);
    const key = 'because' in verdict ? verdict.because : verdict.kind;
    const known = byKind.get(key);
    if (known) known.rows.push(row);
    else byKind.set(key, { verdict, rows: [row] });
  }
  return [...byKind.values()].flatMap(({ verdict, rows }) => {
    const packages = rows.map(({ rpm }) => atHand(rpm)).sort(byPackage);
    const references = [...new Set(rows.flatMap((row) => row.references))].sort();
    if (verdict.kind === 'outdated')
      return [leftAlone(image.name, arch, { kind: 'withdrawal-outdated', packages, references })];
    return verdict.kind === 'alarm'
      ? [leftAlone(image.name, arch, { kind: 'withdrawn', because: verdict.because, packages, references })]
      : [];
  });
};

const byPackage = (a: PackageAtHand, b: PackageAtHand): number =>
  byText(a.name, b.name) || byText(a.arch, b.arch) || byText(JSON.stringify(a), JSON.stringify(b));

const atHand = (rpm: Withdrawn['rpm']): PackageAtHand => ({
  name: rpm.name,
  arch: rpm.arch,
  source: rpm.sourceName,
  installed: evrOf(rpm),
  elsewhere: [],
});

/** Once all is planned: what images go on to hold, and what was no withdrawal. */
export const withdrawalsLeft = (rows: readonly Withdrawn[], state: PlanningState) => {
  const alarms: Withdrawn[] = [];
  const outdated: Withdrawn[] = [];
  const later = new Set(state.followUps.map(({ image, arch }) => `${image} ${arch}`));
  for (const row of rows) {
    const image = state.images.get(row.image);
    if (image === undefined) continue;
    const at = `${row.image} ${row.arch}`;
    if (isOutdated(row, image, state)) outdated.push(row);
    else if (!later.has(at) && (!isPlanned(state, row.image, row.arch) || staysBelow(row, image, state)))
      alarms.push(row);
  }
  return { alarms, outdated };
};
