/** What an inventory's schema cannot see: that its parts fit together. */
import type { Inventory, InventoryImage } from '../../../schemas/files/inventory.ts';
import { topologicalOrder } from '../../images/topological-order.ts';
import { builtArches } from './manifests.ts';

export interface InventoryProblem {
  /** `images.3.nvr`. */
  readonly path: string;
  readonly problem: string;
}

/** Everything that keeps an inventory from being planned on; a parent that is missing from it does not. */
export const problemsOf = (inventory: Inventory): readonly InventoryProblem[] => [
  ...namesTwice(inventory),
  ...inventory.images.flatMap((image, index) => problemsOfImage(image, `images.${index}`)),
  ...cyclesIn(inventory),
  ...twice(inventory.bases, 'bases', 'pullspec'),
  ...twice(inventory.distroReleases, 'distroReleases', 'name'),
  ...twice(inventory.rules, 'rules', 'name'),
];

const twice = <Key extends string>(
  entries: readonly { readonly [key in Key]: string }[],
  list: string,
  key: Key,
): readonly InventoryProblem[] =>
  entries.flatMap((entry, index) => {
    const first = entries.findIndex((other) => other[key] === entry[key]);
    const problem = `${entry[key]} is the ${key} of ${list}.${first} already`;
    return first === index ? [] : [{ path: `${list}.${index}.${key}`, problem }];
  });

const namesTwice = ({ images }: Inventory): readonly InventoryProblem[] => {
  const first = new Map<string, string>();
  const problems: InventoryProblem[] = [];
  const note = (name: string, what: string, path: string) => {
    const known = first.get(`${what} ${name}`);
    if (known === undefined) first.set(`${what} ${name}`, path);
    else problems.push({ path, problem: `${name} is the ${what} of ${known} already` });
  };
  for (const [index, { name, nvr, olderBuilds }] of images.entries()) {
    note(name, 'name', `images.${index}.name`);
    if (nvr !== undefined) note(nvr, 'NVR', `images.${index}.nvr`);
    for (const [older, build] of olderBuilds.entries()) {
      note(build.nvr, 'NVR', `images.${index}.olderBuilds.${older}.nvr`);
    }
  }
  return problems;
};

const problemsOfImage = (image: InventoryImage, path: string): readonly InventoryProblem[] => {
  const problems: InventoryProblem[] = [];
  const layers = image.parents.flatMap(({ edge }, index) => (edge === 'layer' ? [index] : []));
  if (layers.length > 1) {
    problems.push({
      path: `${path}.parents.${layers[1]}`,
      problem: 'is a second layer parent: an image stands on one; builder stages have the edge build-only',
    });
  }
  for (const [index, arch] of image.bestEffort.entries()) {
    if (image.arches[arch] !== undefined) continue;
    problems.push({ path: `${path}.bestEffort.${index}`, problem: `${arch} is none of the image's arches` });
  }
  const [built] = builtArches(image.arches);
  if (image.nvr === undefined && built) {
    problems.push({
      path: `${path}.arches.${built[0]}`,
      problem: 'lists RPMs, but the image has no nvr: give the NVR of the build that holds them',
    });
  }
  return problems;
};

const cyclesIn = ({ images }: Inventory): readonly InventoryProblem[] => {
  const byName = new Map(images.map((image, index) => [image.name, { image, index }]));
  const { cycles } = topologicalOrder(byName.keys(), (name) =>
    (byName.get(name)?.image.parents ?? []).flatMap((parent) =>
      parent.kind === 'image' ? [parent.image] : [],
    ),
  );
  return cycles.map((cycle) => ({
    path: `images.${cycle[0] === undefined ? '' : byName.get(cycle[0])?.index}.parents`,
    problem: `these images are built from each other: ${cycle.join(' -> ')}`,
  }));
};
