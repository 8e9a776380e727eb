/** What is known while a plan grows, image by image, each after all it is built from. */
import type { Rule } from '../../schemas/files/rule.ts';
import { Arch, type DistroReleaseName, type ImageName, type ManifestDigest } from '../../schemas/ids.ts';
import { type CausesBySource, causesBySource } from './causes.ts';
import { type FindingsByImage, findingsOf } from './findings.ts';
import { grouped } from './grouped.ts';
import type { LeftAlone } from './left-alone.ts';
import { indexModules, type ModuleIndex } from './module-index.ts';
import { indexOffers, type OfferIndex } from './offer-index.ts';
import { indexPauses, type PauseIndex } from './paused.ts';
import type {
  ParentOf,
  Plan,
  PlanInput,
  PlannableImage,
  PlannedParent,
  Request,
  Withdrawn,
} from './plan-types.ts';
import type { CauseKind } from './rule-matching.ts';
import { changes } from './under-way.ts';

export interface PlanningState {
  readonly images: ReadonlyMap<ImageName, PlannableImage>;
  readonly introduced: FindingsByImage;
  readonly inherited: FindingsByImage;
  /** Of images that stand on an external base: what they have from it. */
  readonly fromBase: FindingsByImage;
  readonly offers: OfferIndex;
  /** By `image arch`. */
  readonly withdrawn: ReadonlyMap<string, readonly Withdrawn[]>;
  /** External bases that were read, by pullspec. */
  readonly bases: ReadonlyMap<string, ReadonlyMap<Arch, ManifestDigest>>;
  /** Sources of security updates. */
  readonly security: ReadonlySet<string>;
  readonly holds: ReadonlySet<DistroReleaseName>;
  readonly requests: ReadonlyMap<ImageName, readonly Request[]>;
  readonly modules: ModuleIndex;
  /** By source, or build of a module; sorted. */
  readonly references: ReadonlyMap<string, readonly string[]>;
  /** What has reasons in this plan, be it a new arch build or one under way. */
  readonly planned: Map<ImageName, ReadonlySet<Arch>>;
  /** Per arch, the images whose being left alone keeps a change from this one. */
  readonly blocked: Map<ImageName, Map<Arch, Set<ImageName>>>;
  readonly leftAlone: LeftAlone[];
  readonly joined: Plan['joined'][number][];
  readonly followUps: Plan['followUps'][number][];
  readonly rules: readonly Rule[];
  readonly pauses: PauseIndex;
  readonly causesBySource: CausesBySource;
  /** By `image arch`, of what is planned. */
  readonly causes: Map<string, readonly CauseKind[]>;
}

export function* begin(input: PlanInput): Generator<undefined, PlanningState> {
  const images = new Map(input.images.map((image) => [image.name, image]));
  const releases = new Map(input.images.map((image) => [image.name, image.distroRelease]));
  const offers = indexOffers(input.offers);
  return {
    images,
    offers,
    holds: input.holds ?? new Set(),
    introduced: yield* findingsOf(input.introduced, releases, offers),
    inherited: yield* findingsOf(input.inherited ?? [], releases, offers),
    modules: indexModules(input.modules ?? []),
    fromBase: yield* findingsOf(input.fromBase ?? [], releases, offers),
    withdrawn: grouped(input.withdrawn ?? [], ({ image, arch }) => `${image} ${arch}`),
    bases: input.bases ?? new Map(),
    security: input.security ?? new Set(),
    requests: grouped(input.requested, (request) => request.image),
    references: new Map(
      [...grouped(input.references ?? [], ({ source }) => source)].map(([source, of]) => [
        source,
        [...new Set(of.flatMap(({ reference }) => (reference === '' ? [] : reference)))].sort(),
      ]),
    ),
    planned: new Map(),
    blocked: new Map(),
    leftAlone: [],
    joined: [],
    followUps: [],
    rules: input.rules ?? [],
    pauses: indexPauses(input.pauses ?? []),
    causesBySource: causesBySource(input.references ?? []),
    causes: new Map(),
  };
}

/** In the order of the vocabulary, whatever the order they were given in. */
export const archesOf = (image: PlannableImage): readonly Arch[] =>
  Arch.options.filter((arch) => image.arches.includes(arch));

/** The image it stands on over the layer edge. */
export const layerParentOf = (image: PlannableImage): ImageName | undefined =>
  image.layerParent?.kind === 'image' ? image.layerParent.image : undefined;

export const isPlanned = (state: PlanningState, image: ImageName | undefined, arch: Arch): boolean =>
  image !== undefined && state.planned.get(image)?.has(arch) === true;

/** Entries of a baseline hold for another build only while the folder and the version are the same. */
export const canCarry = (image: PlannableImage): boolean =>
  image.baseline?.treeId === image.treeId && image.baseline.version === image.version;

export const block = (state: PlanningState, image: ImageName, arch: Arch, by: ImageName): void => {
  const ofImage = state.blocked.get(image) ?? new Map<Arch, Set<ImageName>>();
  state.blocked.set(image, ofImage.set(arch, (ofImage.get(arch) ?? new Set()).add(by)));
};

/** Whether the parent is, or may be, another than its baseline soon. */
export const isChanging = (state: PlanningState, parent: ImageName, arch: Arch): boolean =>
  isPlanned(state, parent, arch) || changes(state.images.get(parent)?.underWay?.arches[arch]);
/** Nothing to build on, and whose fault that is. */
type MissingParent =
  | { readonly kind: 'missing'; readonly image: ImageName }
  | { readonly kind: 'base-missing'; readonly pullspec: string };

/** What an arch build would be built on now, or the image that has nothing for this arch. */
export const resolveParent = (
  state: PlanningState,
  parent: ParentOf | undefined,
  edge: 'layer' | 'build-only',
  arch: Arch,
): PlannedParent | MissingParent => {
  if (!parent) return { kind: 'none' };
  if (parent.kind === 'external') {
    const { pullspec } = parent;
    const base = state.bases.get(pullspec);
    return base?.has(arch) === false ? { kind: 'base-missing', pullspec } : { kind: 'external', pullspec };
  }
  const { image } = parent;
  const { baseline: built, underWay } = state.images.get(image) ?? {};
  const baseline = built?.arches[arch];
  if (underWay === undefined) {
    if (isPlanned(state, image, arch)) return { kind: 'planned', image };
  } else if (edge === 'layer') {
    // All arches are made upon one build of it.
    return { kind: underWay.arches[arch] === undefined ? 'missing' : 'under-way', image };
  } else if (isChanging(state, image, arch)) return { kind: 'under-way', image };
  return baseline
    ? { kind: 'baseline', image, manifestDigest: baseline.manifestDigest }
    : { kind: 'missing', image };
};

/** What an arch of an image would be built on now, over both kinds of edges. */
export const parentsFor = (state: PlanningState, image: PlannableImage, arch: Arch) => ({
  parent: resolveParent(state, image.layerParent, 'layer', arch),
  buildParents: image.buildParents.map((one) => resolveParent(state, one, 'build-only', arch)),
});

export const isThere = (one: PlannedParent | MissingParent): one is PlannedParent =>
  one.kind !== 'missing' && one.kind !== 'base-missing';

export const hasAllParents = (state: PlanningState, image: PlannableImage, arch: Arch): boolean => {
  const { parent, buildParents } = parentsFor(state, image, arch);
  return [parent, ...buildParents].every(isThere);
};

/** Images over layer edges from the parent downwards, as far as they are known. */
export function* ancestorsOf(state: PlanningState, image: PlannableImage): Generator<PlannableImage> {
  for (let at: PlannableImage | undefined = image; at; ) {
    const parent: ImageName | undefined = layerParentOf(at);
    at = parent === undefined ? undefined : state.images.get(parent);
    if (at) yield at;
  }
}
