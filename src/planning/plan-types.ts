/** What the planner is told, and what it says. */

import type { Proof } from '../../schemas/commands/run.ts';
import type { ModuleLabel, Rpm } from '../../schemas/content.ts';
import type { Rule } from '../../schemas/files/rule.ts';
import type {
  Arch,
  ContentId,
  DistroReleaseName,
  ImageName,
  ManifestDigest,
  Nvr,
} from '../../schemas/ids.ts';
import type { Pause } from '../../schemas/pause.ts';
import type { SourceReference } from './causes.ts';
import type { LeftAlone } from './left-alone.ts';
import type { Reason, RequestedReason } from './reason.ts';
import type { FollowUp, JoinedBuild, UnderWay } from './under-way.ts';

export type ParentOf =
  | { readonly kind: 'image'; readonly image: ImageName }
  | { readonly kind: 'external'; readonly pullspec: string };

/** One arch of a baseline. */
export interface BaselineArch {
  readonly manifestDigest: ManifestDigest;
  readonly contentId?: ContentId | undefined;
  /** The layer parent's manifest it was built on. */
  readonly parentManifest?: ManifestDigest | undefined;
  /** The NVR it was built as, where the baseline carried it forward itself. */
  readonly origin?: Nvr | undefined;
}

/** The newest build that is released or still undecided. */
export interface Baseline {
  readonly nvr: Nvr;
  readonly treeId: string;
  readonly version: string;
  /** Released, not merely a candidate. */
  readonly decided: boolean;
  readonly arches: Readonly<Partial<Record<Arch, BaselineArch>>>;
}

export interface PlannableModule {
  /** `name:stream`. */
  readonly name: string;
  /** The build of it that each arch was made from last, or is being made from. */
  readonly madeFrom: Readonly<Partial<Record<Arch, ModuleLabel>>>;
}

export interface PlannableImage {
  readonly name: ImageName;
  readonly component: string;
  readonly version: string;
  readonly distroRelease: DistroReleaseName;
  readonly arches: readonly Arch[];
  readonly layerParent?: ParentOf | undefined;
  readonly buildParents: readonly ParentOf[];
  readonly autoRebuild: boolean;
  /** Which packages of its external base the image upgrades itself; absent: none. */
  readonly upgradeInherited?: 'security' | 'always' | 'never' | undefined;
  /** The index goes on without these; absent: none. */
  readonly bestEffort?: readonly Arch[] | undefined;
  /** Builds of these are known to fail; absent: none. */
  readonly failing?: readonly Arch[] | undefined;
  /** Rebuilt where a build that it holds is withdrawn; absent: only told of. */
  readonly onWithdrawal?: 'rebuild' | undefined;
  /** Build-only edges propagate as well. */
  readonly followsBuildParents?: boolean | undefined;
  /** Of an image that is a module. */
  readonly module?: PlannableModule | undefined;
  readonly treeId: string;
  readonly sourceTime: number;
  readonly baseline?: Baseline | undefined;
  readonly underWay?: UnderWay | undefined;
}

/** A package in the baseline of an image, on one arch. */
export interface Installed {
  readonly image: ImageName;
  readonly arch: Arch;
  readonly rpm: Rpm;
}

/** A package in a baseline whose build was withdrawn. */
export interface Withdrawn extends Installed {
  /** The image introduced it itself. */
  readonly own: boolean;
  /** Version and release of the source package. */
  readonly build: { readonly version: string; readonly release: string };
  /** A later message named the same build as available. */
  readonly taggedAgain: boolean;
  /** Advisories, tags. */
  readonly references: readonly string[];
}

/** A package that a repository lists for an arch of a distro release. */
export interface Offer {
  readonly distroRelease: DistroReleaseName;
  readonly arch: Arch;
  readonly rpm: Rpm;
  readonly repository: string;
}

/** A build of a module that a repository lists for an arch of a distro release. */
export interface ModuleOffer {
  readonly distroRelease: DistroReleaseName;
  readonly arch: Arch;
  readonly label: ModuleLabel;
}

export interface Request {
  readonly image: ImageName;
  readonly reason: RequestedReason;
  /** Absent: all. */
  readonly arches?: readonly Arch[] | undefined;
}

export interface PlanInput {
  /**
   * Closed under layer descendants of anything that may be affected, and holding the image parents of each for their
   * baselines. An image without a baseline is planned as never built.
   */
  readonly images: readonly PlannableImage[];
  /** Of the sources in question, the packages that a baseline introduces, up to date or not. */
  readonly introduced: readonly Installed[];
  /** Of the sources in question, what an image has from its parent; needed of all that were built on an older parent. */
  readonly inherited?: readonly Installed[];
  /** Of the sources in question, what an image that stands on an external base has from it. */
  readonly fromBase?: readonly Installed[];
  /** Of every image that holds something withdrawn, on each arch. */
  readonly withdrawn?: readonly Withdrawn[];
  /** External bases that were read: what each arch of them is now. */
  readonly bases?: ReadonlyMap<string, ReadonlyMap<Arch, ManifestDigest>>;
  /** Sources that a security update nominated. */
  readonly security?: ReadonlySet<string>;
  /** In any order, several versions if need be: the highest per name.arch and module stream counts. */
  readonly offers: readonly Offer[];
  readonly requested: readonly Request[];
  /** Of every image that is a module, the builds of it that are listed. */
  readonly modules?: readonly ModuleOffer[];
  /** What nominated which source, or which build of a module, for the record. */
  readonly references?: readonly SourceReference[];
  /** In force; those that say when, not whether, do not matter here. */
  readonly rules?: readonly Rule[];
  /** Where an arch waits for what only another arch of its image has on offer, rather than being carried forward. */
  readonly holds?: ReadonlySet<DistroReleaseName>;
  /** In force. */
  readonly pauses?: readonly Pause[];
}

/** What an arch build is built on. */
export type PlannedParent =
  | { readonly kind: 'planned'; readonly image: ImageName }
  /** The parent's build under way: its arch build, or what it carries. */
  | { readonly kind: 'under-way'; readonly image: ImageName }
  | { readonly kind: 'baseline'; readonly image: ImageName; readonly manifestDigest: ManifestDigest }
  | { readonly kind: 'external'; readonly pullspec: string }
  | { readonly kind: 'none' };

export interface PlannedArchBuild {
  readonly arch: Arch;
  /** At least one. */
  readonly reasons: readonly Reason[];
  /** Over the layer edge. */
  readonly parent: PlannedParent;
  /** Over build-only edges, in the definition's order; never `none`. */
  readonly buildParents: readonly PlannedParent[];
  /** What its content must show, for packages it is the owner of or gets from a newer parent. */
  readonly proofs: readonly Proof[];
}

export interface PlannedBuild {
  readonly image: ImageName;
  readonly arches: readonly PlannedArchBuild[];
  /** Entries that the index keeps from the baseline; `nvr` is where they were built. */
  readonly carried: readonly {
    readonly arch: Arch;
    readonly nvr: Nvr;
    readonly manifestDigest: ManifestDigest;
  }[];
  /** Set where something is carried from a baseline that is not decided: the build is held until it is. */
  readonly heldUntilDecided?: Nvr;
}

export interface Plan {
  /** In the order of `order`. */
  readonly builds: readonly PlannedBuild[];
  /** The images of `builds`, each after everything it is built from. */
  readonly order: readonly ImageName[];
  /** Builds under way that take on reasons; none of them is in `builds`. In build order. */
  readonly joined: readonly (JoinedBuild & { readonly image: ImageName })[];
  /** Each of its arches is left alone as `under-way`, too. */
  readonly followUps: readonly (FollowUp & { readonly image: ImageName })[];
  /** Withdrawn packages that images go on to hold: nothing in this plan rids them of it. */
  readonly alarms: readonly Withdrawn[];
  /** Named as withdrawn, and on offer all the same. */
  readonly outdated: readonly Withdrawn[];
  /** By image, then arch. An arch that is built may still be listed as blocked from a further fix. */
  readonly leftAlone: readonly LeftAlone[];
}
