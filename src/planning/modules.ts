/** Builds of modules that repositories list, set against those that images are. */
import type { ModuleLabel } from '../../schemas/content.ts';
import type { Arch } from '../../schemas/ids.ts';
import { mayWait } from './awaited.ts';
import { leftAlone } from './left-alone.ts';
import { moduleVersion } from './module-index.ts';
import type { PlannableImage } from './plan-types.ts';
import { archesOf, block, hasAllParents, type PlanningState } from './planning-state.ts';
import type { Reason } from './reason.ts';

/** What an image that is a module would be built from now. */
const moduleOnOffer = (
  image: PlannableImage,
  arch: Arch,
  { modules }: PlanningState,
): ModuleLabel | undefined =>
  image.module === undefined ? undefined : modules.newest(image.distroRelease, arch, image.module.name);

/**
 * Set where a newer build of the image's module is listed than the one it was made from. Where another arch lists one
 * that is newer still, this one is to wait for it.
 */
export const moduleReason = (image: PlannableImage, arch: Arch, state: PlanningState): readonly Reason[] => {
  const from = image.module?.madeFrom[arch];
  const listed = moduleOnOffer(image, arch, state);
  const ahead = from === undefined || !mayWait(image, state) ? undefined : listedAhead(image, arch, state);
  const to = ahead?.label ?? newerThan(from, listed);
  if (to === undefined) return [];
  const references = [...(state.references.get(to) ?? [])];
  const awaited = ahead && { awaited: { offeredFor: [...ahead.arches] } };
  return [{ kind: 'module', ...(from === undefined ? {} : { from }), to, references, ...awaited }];
};

const newerThan = (from: ModuleLabel | undefined, label: ModuleLabel | undefined): ModuleLabel | undefined =>
  label !== undefined && (from === undefined || moduleVersion(label) > moduleVersion(from))
    ? label
    : undefined;

interface Ahead {
  readonly label: ModuleLabel;
  readonly arches: readonly Arch[];
}

/** The newest build that other arches of the image list and can be built from, if newer than what is listed here. */
const listedAhead = (image: PlannableImage, arch: Arch, state: PlanningState): Ahead | undefined => {
  const here = newest([image.module?.madeFrom[arch], moduleOnOffer(image, arch, state)]);
  const others = archesOf(image).flatMap((other) => {
    const label = newerThan(image.module?.madeFrom[other], moduleOnOffer(image, other, state));
    return other === arch || label === undefined || !hasAllParents(state, image, other)
      ? []
      : [{ arch: other, label }];
  });
  const label = newerThan(here, newest(others.map((other) => other.label)));
  if (label === undefined) return undefined;
  const arches = others.filter((other) => moduleVersion(other.label) === moduleVersion(label));
  return { label, arches: arches.map((other) => other.arch) };
};

const newest = (labels: readonly (ModuleLabel | undefined)[]): ModuleLabel | undefined =>
  labels.reduce<ModuleLabel | undefined>((best, label) => newerThan(best, label) ?? best, undefined);

/** Leaves alone the arches for which no repository lists the image's module: there is nothing to install. */
export const whereModuleIsListed = (
  image: PlannableImage,
  reasons: ReadonlyMap<Arch, readonly Reason[]>,
  state: PlanningState,
): ReadonlyMap<Arch, readonly Reason[]> => {
  const module = image.module?.name;
  if (module === undefined) return reasons;
  const isListed = ([arch]: readonly [Arch, unknown]) => moduleOnOffer(image, arch, state) !== undefined;
  for (const [arch] of [...reasons].filter((entry) => !isListed(entry))) {
    state.leftAlone.push(leftAlone(image.name, arch, { kind: 'module-not-listed', module }));
    block(state, image.name, arch, image.name);
  }
  return new Map([...reasons].filter(isListed));
};
