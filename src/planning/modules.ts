/** Builds of modules that repositories list, set against those that images are. */
import type { ModuleLabel } from '../../schemas/content.ts';
import type { Arch } from '../../schemas/ids.ts';
import { leftAlone } from './left-alone.ts';
import { moduleVersion } from './module-index.ts';
import type { PlannableImage } from './plan-types.ts';
import { block, type PlanningState } from './planning-state.ts';
import type { Reason } from './reason.ts';

/** What an image that is a module would be built from now. */
const moduleOnOffer = (
  image: PlannableImage,
  arch: Arch,
  { modules }: PlanningState,
): ModuleLabel | undefined =>
  image.module === undefined ? undefined : modules.newest(image.distroRelease, arch, image.module.name);

/** Set where a newer build of the image's module is listed than the one it was made from. */
export const moduleReason = (image: PlannableImage, arch: Arch, state: PlanningState): readonly Reason[] => {
  const to = moduleOnOffer(image, arch, state);
  const from = image.module?.madeFrom[arch];
  if (to === undefined || (from !== undefined && moduleVersion(to) <= moduleVersion(from))) return [];
  const references = [...(state.references.get(to) ?? [])];
  return [{ kind: 'module', ...(from === undefined ? {} : { from }), to, references }];
};

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
