/** What is known while a plan grows, image by image, each after all it is built from. */
import { Arch, type ImageName } from '../../schemas/ids.ts';
import { type FindingsByImage, findingsOf } from './findings.ts';
import type { LeftAlone } from './left-alone.ts';
import { indexOffers } from './offer-index.ts';
import type {
  ParentOf,
  PlanInput,
  PlannableImage,
  PlannedArchBuild,
  PlannedParent,
  Request,
} from './plan-types.ts';

export interface PlanningState {
  readonly images: ReadonlyMap<ImageName, PlannableImage>;
  readonly introduced: FindingsByImage;
  readonly inherited: FindingsByImage;
  readonly requests: ReadonlyMap<ImageName, readonly Request[]>;
  /** By source, sorted. */
  readonly references: ReadonlyMap<string, readonly string[]>;
  readonly planned: Map<ImageName, ReadonlyMap<Arch, PlannedArchBuild>>;
  /** Per arch, the images whose being left alone keeps a change from this one. */
  readonly blocked: Map<ImageName, Map<Arch, Set<ImageName>>>;
  readonly leftAlone: LeftAlone[];
}

export function* begin(input: PlanInput): Generator<undefined, PlanningState> {
  const images = new Map(input.images.map((image) => [image.name, image]));
  const releases = new Map(input.images.map((image) => [image.name, image.distroRelease]));
  const offers = indexOffers(input.offers);
  return {
    images,
    introduced: yield* findingsOf(input.introduced, releases, offers),
    inherited: yield* findingsOf(input.inherited ?? [], releases, offers),
    requests: grouped(input.requested, (request) => request.image),
    references: new Map(
      [...grouped(input.references ?? [], ({ source }) => source)].map(([source, of]) => [
        source,
        [...new Set(of.map(({ reference }) => reference))].sort(),
      ]),
    ),
    planned: new Map(),
    blocked: new Map(),
    leftAlone: [],
  };
}

const grouped = <T, Key>(items: readonly T[], keyOf: (item: T) => Key): ReadonlyMap<Key, readonly T[]> => {
  const groups = new Map<Key, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = groups.get(key);
    if (known) known.push(item);
    else groups.set(key, [item]);
  }
  return groups;
};

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

/** What an arch build would be built on now, or the image that has nothing for this arch. */
export const resolveParent = (
  state: PlanningState,
  parent: ParentOf | undefined,
  arch: Arch,
): PlannedParent | { readonly kind: 'missing'; readonly image: ImageName } => {
  if (!parent) return { kind: 'none' };
  if (parent.kind === 'external') return { kind: 'external', pullspec: parent.pullspec };
  const { image } = parent;
  if (isPlanned(state, image, arch)) return { kind: 'planned', image };
  const baseline = state.images.get(image)?.baseline?.arches[arch];
  return baseline
    ? { kind: 'baseline', image, manifestDigest: baseline.manifestDigest }
    : { kind: 'missing', image };
};

/** Images over layer edges from the parent downwards, as far as they are known. */
export function* ancestorsOf(state: PlanningState, image: PlannableImage): Generator<PlannableImage> {
  for (let at: PlannableImage | undefined = image; at; ) {
    const parent: ImageName | undefined = layerParentOf(at);
    at = parent === undefined ? undefined : state.images.get(parent);
    if (at) yield at;
  }
}
