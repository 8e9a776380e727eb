/** Why an image, or one arch of it, is not planned: the answer to `why-not`. */
import { z } from 'zod';
import { Evr, ModuleLabel } from '../../schemas/content.ts';
import { InventoryImageName as Name } from '../../schemas/files/inventory.ts';
import { Arch, DistroReleaseName, type ImageName, Nvr } from '../../schemas/ids.ts';
import { formatEvr } from '../rpm/evr.ts';
import { describePause } from './paused.ts';
import { describeReason, Reason } from './reason.ts';

/** A package in question, and what there is of it. */
const PackageAtHand = z.object({
  name: z.string(),
  arch: z.string(),
  source: z.string(),
  /** The highest, where several are installed. */
  installed: Evr,
  /** The highest on offer to this image on this arch. */
  offered: Evr.optional(),
  /** Where a newer one is on offer that does not count: distro releases, module streams or arches. */
  elsewhere: z.array(z.string()),
});
export type PackageAtHand = z.infer<typeof PackageAtHand>;

const packages = z.array(PackageAtHand);

/** Why nothing that is on offer is newer than what is installed. */
const Lack = z.enum(['nothing-newer', 'not-offered', 'other-distro-release', 'other-module-stream']);
export type Lack = z.infer<typeof Lack>;

export const LeftAloneReason = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('nothing-newer'), packages }),
  /** The newer source is on offer for this arch, without the package: it is on other arches only. */
  z.object({ kind: z.literal('not-offered'), packages }),
  z.object({ kind: z.literal('other-distro-release'), packages }),
  z.object({ kind: z.literal('other-module-stream'), packages }),
  /** Nothing in question is in the image, or on this arch of it. */
  z.object({ kind: z.literal('without-it') }),
  /** It has packages in question from an image below, where `lack` says why nothing is done. */
  z.object({ kind: z.literal('inherited'), from: Name, lack: Lack }),
  /** The package is the parent's, and up to date there. */
  z.object({ kind: z.literal('fixed-below'), parent: Name, packages }),
  /** The package is an external base's: a fix comes with a newer base. */
  z.object({ kind: z.literal('external-base'), pullspec: z.string(), packages }),
  /** The image is a module that no repository lists for this arch. */
  z.object({ kind: z.literal('module-not-listed'), module: z.string() }),
  /** The image is a module, and made from the newest build of it. */
  z.object({ kind: z.literal('module-not-newer'), module: ModuleLabel }),
  /** The index of its external base has no image for the arch. */
  z.object({ kind: z.literal('base-without-arch'), pullspec: z.string() }),
  /** It holds packages of a withdrawn build, and nothing here rids it of them. */
  z.object({
    kind: z.literal('withdrawn'),
    because: z.enum(['policy', 'nothing-else', 'inherited', 'external-base']),
    packages,
    references: z.array(z.string()),
  }),
  /** Packages that it holds were named as withdrawn, and are on offer. */
  z.object({ kind: z.literal('withdrawal-outdated'), packages, references: z.array(z.string()) }),
  z.object({ kind: z.literal('auto-rebuild-off'), wouldBe: z.array(Reason) }),
  /** `rule` null: there are rules that allow, and none of them names it. */
  z.object({ kind: z.literal('denied'), rule: z.string().nullable(), wouldBe: z.array(Reason) }),
  /** `image`: it is; `automatic`: all automatic rebuilds are. Without `until`, until somebody resumes it. */
  z.object({
    kind: z.literal('paused'),
    scope: z.enum(['image', 'automatic']),
    by: z.string(),
    reason: z.string(),
    until: z.string().optional(),
    wouldBe: z.array(Reason),
  }),
  /** Builds of it fail on these arches, of which each must be in the index, or is this one. */
  z.object({ kind: z.literal('failing'), arches: z.array(Arch), wouldBe: z.array(Reason) }),
  /** It would follow `by`, which is left alone, cannot have the fix, or has no image for this arch to build on. */
  z.object({ kind: z.literal('blocked'), by: Name }),
  /** It holds what is in question, which was nominated for other distro releases only. */
  z.object({ kind: z.literal('not-nominated'), distroRelease: DistroReleaseName }),
  /** It is being built, or its parent is: looked at again when that has ended, unless it is in by then. */
  z.object({ kind: z.literal('under-way'), nvr: Nvr, wouldBe: z.array(Reason) }),
  /** Asked for, and not defined. */
  z.object({ kind: z.literal('not-defined') }),
  /** Asked for on an arch that the definition leaves out. */
  z.object({ kind: z.literal('arch-not-defined') }),
]);
export type LeftAloneReason = z.infer<typeof LeftAloneReason>;

export interface LeftAlone {
  readonly image: ImageName;
  /** Absent: all of its arches. */
  readonly arch?: Arch;
  readonly reason: LeftAloneReason;
  /** `reason` in one line, for people. */
  readonly text: string;
}

export const leftAlone = (image: ImageName, arch: Arch | undefined, reason: LeftAloneReason): LeftAlone => ({
  image,
  ...(arch && { arch }),
  reason,
  text: describeLeftAlone(reason),
});

export const describeLeftAlone = (reason: LeftAloneReason): string => {
  switch (reason.kind) {
    case 'nothing-newer':
      return `nothing newer on offer: ${list(reason.packages, 'newer only for')}`;
    case 'not-offered':
      return `not offered: its source is on offer newer for this arch, without the package: ${list(reason.packages, 'newer only for')}`;
    case 'other-distro-release':
      return `newer only in another distro release: ${list(reason.packages, 'in')}`;
    case 'other-module-stream':
      return `newer only in another module stream: ${list(reason.packages, 'in')}`;
    case 'without-it':
      return 'holds nothing of what is in question';
    case 'inherited':
      return `inherited from ${reason.from}, where ${lackThere[reason.lack]}`;
    case 'fixed-below':
      return `inherited from ${reason.parent} and fixed there: ${list(reason.packages, 'newer only for')}`;
    case 'external-base':
      return `inherited from the external base ${reason.pullspec}: ${list(reason.packages, 'newer only for')}`;
    case 'module-not-listed':
      return `no repository lists module ${reason.module}`;
    case 'module-not-newer':
      return `made from module ${reason.module}, and no newer build of it is listed`;
    case 'base-without-arch':
      return `its base ${reason.pullspec} has no image for this arch`;
    case 'withdrawn':
      return `holds what was withdrawn${toldBy(reason.references)}: ${list(reason.packages, '')}; ${withdrawnBecause[reason.because]}`;
    case 'withdrawal-outdated':
      return `named as withdrawn${toldBy(reason.references)}, and on offer all the same: ${list(reason.packages, '')}`;
    case 'auto-rebuild-off':
      return `auto-rebuild is off; ${otherwise(reason.wouldBe)}`;
    case 'paused':
      return `${reason.scope === 'image' ? '' : 'automatic rebuilds are '}${describePause(reason)}; ${otherwise(reason.wouldBe)}`;
    case 'denied':
      return `${reason.rule === null ? 'no rule allows it' : `denied by rule ${reason.rule}`}; ${otherwise(reason.wouldBe)}`;
    case 'failing':
      return `builds of it fail on ${reason.arches.join(', ')}; ${otherwise(reason.wouldBe)}`;
    case 'blocked':
      return `blocked by ${reason.by}`;
    case 'not-nominated':
      return `nothing of what it holds was nominated for ${reason.distroRelease}`;
    case 'under-way':
      return `${reason.nvr} is being built; looked at when it has ended: ${reason.wouldBe.map(describeReason).join('; ')}`;
    case 'not-defined':
      return 'no such image is defined';
    case 'arch-not-defined':
      return 'the image is not defined for this arch';
  }
};

const lackThere: Readonly<Record<Lack, string>> = {
  'nothing-newer': 'nothing newer is on offer',
  'not-offered': 'its source is on offer newer, without the package',
  'other-distro-release': 'it is newer only in another distro release',
  'other-module-stream': 'it is newer only in another module stream',
};

const toldBy = (references: readonly string[]): string =>
  references.length === 0 ? '' : ` (${references.join(', ')})`;

const otherwise = (wouldBe: readonly Reason[]): string =>
  `otherwise: ${wouldBe.map(describeReason).join('; ')}`;

const withdrawnBecause = {
  policy: 'its on_withdrawal is alarm, so it is not rebuilt',
  'nothing-else': 'no other is on offer, so a rebuild would not help',
  inherited: 'it has it from its parent, which is not rebuilt',
  'external-base': 'it has it from its external base, so a newer base must bring another',
} as const;

const list = (packagesAtHand: readonly PackageAtHand[], elsewhere: string): string =>
  packagesAtHand
    .map((one) => {
      const where = one.elsewhere.length > 0 ? ` (${elsewhere} ${one.elsewhere.join(', ')})` : '';
      return `${one.name}-${formatEvr(one.installed)}.${one.arch}${where}`;
    })
    .join(', ');
