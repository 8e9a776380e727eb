/**
 * Which definitions can be in force together. One that cannot is refused by name, and its last good one stays; nothing
 * else is held up by it.
 */
import { byText } from '../../schemas/by-text.ts';
import type { ImageDefinition } from '../../schemas/files/image.ts';
import type { ImageName } from '../../schemas/ids.ts';
import { type Place, problemAt } from './problem-at.ts';
import type { DefinitionPlaces } from './read-image.ts';
import { topologicalOrder } from './topological-order.ts';

export interface NewDefinition {
  readonly image: ImageDefinition;
  readonly places: DefinitionPlaces;
}

export interface Definitions {
  /** Read now, and by themselves in order. */
  readonly read: readonly NewDefinition[];
  /** Folders that are there and cannot be taken. */
  readonly broken: ReadonlySet<string>;
  /** The last revision, as far as its distro releases are configured. */
  readonly inForce: ReadonlyMap<ImageName, ImageDefinition>;
}

export interface SoundDefinitions {
  /** By name. Each parent among them is one of them, and none is built from itself. */
  readonly images: readonly ImageDefinition[];
  /** By name: why the new definition, or the removal of an old one, is not taken. */
  readonly refused: ReadonlyMap<string, readonly string[]>;
}

interface Choosing {
  readonly given: Definitions;
  readonly chosen: Map<ImageName, { readonly image: ImageDefinition; readonly places?: DefinitionPlaces }>;
  readonly refused: Map<ImageName, string[]>;
}

export const soundDefinitions = (given: Definitions): SoundDefinitions => {
  const choosing: Choosing = { given, chosen: new Map(), refused: new Map() };
  const byName = [...given.read].sort((a, b) => byText(a.image.name, b.image.name));
  for (const read of byName) choosing.chosen.set(read.image.name, read);
  for (const [name, image] of given.inForce) if (given.broken.has(name)) choosing.chosen.set(name, { image });
  // Each pass makes at least one definition an old one or leaves it out, so there is a last pass.
  while (refuseUnsound(choosing));
  const images = [...choosing.chosen.values()].map(({ image }) => image);
  return { images: images.sort((a, b) => byText(a.name, b.name)), refused: choosing.refused };
};

/** @returns whether anything was refused, so that the rest has to be looked at again. */
const refuseUnsound = (choosing: Choosing): boolean => {
  const again = [refuseUsedTwice(choosing), refuseCycles(choosing)].includes(true);
  return refuseMissingParents(choosing) || again;
};

/** The last good one takes its place; false where that is what it is already. */
const refuse = (
  { chosen, refused, given }: Choosing,
  name: ImageName,
  problems: readonly { readonly where: Place; readonly why: string }[],
): boolean => {
  if (chosen.get(name)?.places === undefined) return false;
  const told = problems.map(({ where, why }) => problemAt(where, why));
  refused.set(name, [...(refused.get(name) ?? []), ...told]);
  const good = given.inForce.get(name);
  if (good) chosen.set(name, { image: good });
  else chosen.delete(name);
  return true;
};

/** NVRs would meet. Whose component it was keeps it; where it was nobody's, both are asked to change. */
const refuseUsedTwice = (choosing: Choosing): boolean => {
  const users = new Map<string, ImageName[]>();
  for (const { image } of choosing.chosen.values())
    users.set(image.component, [...(users.get(image.component) ?? []), image.name]);
  let again = false;
  for (const [component, names] of users) {
    if (names.length === 1) continue;
    for (const name of names) {
      if (choosing.given.inForce.get(name)?.component === component) continue;
      const places = choosing.chosen.get(name)?.places;
      const others = names.filter((other) => other !== name).join(', ');
      const why = `${others} makes NVRs of component ${component} too`;
      if (places && refuse(choosing, name, [{ where: places.component, why }])) again = true;
    }
  }
  return again;
};

const refuseCycles = (choosing: Choosing): boolean => {
  const { cycles } = topologicalOrder(choosing.chosen.keys(), (name) => parentsOf(choosing, name));
  let again = false;
  for (const cycle of cycles) {
    for (const [index, name] of cycle.slice(0, -1).entries()) {
      const next = cycle[index + 1] ?? name;
      const where = choosing.chosen.get(name)?.places?.parents.get(next) ?? { file: name };
      const why = `built from itself: ${turned(cycle, index).join(' -> ')}`;
      if (refuse(choosing, name, [{ where, why }])) again = true;
    }
  }
  return again;
};

/** The same cycle as its member at `index` sees it. */
const turned = (cycle: readonly ImageName[], index: number): readonly ImageName[] => {
  const members = cycle.slice(0, -1);
  return [...members.slice(index), ...members.slice(0, index + 1)];
};

/** Parents first, so that one pass takes everything that stands upon an image which is not there. */
const refuseMissingParents = (choosing: Choosing): boolean => {
  const { order } = topologicalOrder(choosing.chosen.keys(), (name) => parentsOf(choosing, name));
  let again = false;
  for (const name of order) {
    const missing = parentsOf(choosing, name).filter((parent) => !choosing.chosen.has(parent));
    if (missing.length === 0) continue;
    again = true;
    const places = choosing.chosen.get(name)?.places;
    if (places === undefined) for (const parent of missing) keepParent(choosing, name, parent);
    else {
      const problems = missing.map((parent) => ({
        where: places.parents.get(parent) ?? { file: name },
        why: whyMissing(choosing, parent),
      }));
      refuse(choosing, name, problems);
    }
  }
  return again;
};

const whyMissing = ({ refused, given }: Choosing, parent: ImageName): string =>
  refused.has(parent) || given.broken.has(parent)
    ? `its parent ${parent} is refused, and was never in force`
    : `its parent ${parent} is not defined; an external base is named with its registry`;

/** What stays in force stands on what it stood on, whose folder is gone; or it goes with it. */
const keepParent = ({ chosen, refused, given }: Choosing, name: ImageName, parent: ImageName): void => {
  const image = given.inForce.get(parent);
  if (image === undefined) {
    chosen.delete(name);
    return;
  }
  chosen.set(parent, { image });
  const why = `its folder is gone, and ${name}, whose last good definition is in force, is built from it`;
  refused.set(parent, [...(refused.get(parent) ?? []), why]);
};

const parentsOf = ({ chosen }: Choosing, name: ImageName): readonly ImageName[] =>
  (chosen.get(name)?.image.parents ?? []).flatMap((parent) =>
    parent.kind === 'image' ? [parent.image] : [],
  );
