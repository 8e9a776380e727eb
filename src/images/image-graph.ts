/** All definitions as a graph. Layer edges decide what is rebuilt; build-only edges count for order and for cycles. */
import { byText } from '../../schemas/by-text.ts';
import type { ImageDefinition } from '../../schemas/files/image.ts';
import type { ImageName } from '../../schemas/ids.ts';
import { topologicalOrder } from './topological-order.ts';

export interface ImageGraph {
  readonly images: ReadonlyMap<ImageName, ImageDefinition>;
  /** Over layer edges: at most one. */
  readonly parents: (image: ImageName) => readonly ImageName[];
  /** Over layer edges, sorted. */
  readonly children: (image: ImageName) => readonly ImageName[];
  /** Everything over layer edges below it, each after its parent; without the image itself. */
  readonly descendants: (image: ImageName) => readonly ImageName[];
  /** All images, each after every image it is built from, build-only ones included; otherwise by name. */
  readonly order: readonly ImageName[];
}

export type ImageGraphResult = { readonly graph: ImageGraph } | { readonly problems: readonly string[] };

/** Refuses names and components that are used twice, parents that are not there, and cycles, all by name. */
export const imageGraph = (definitions: readonly ImageDefinition[]): ImageGraphResult => {
  const sorted = [...definitions].sort((a, b) => byText(a.name, b.name));
  const images = new Map(sorted.map((image) => [image.name, image]));
  const problems = [...usedTwice(sorted), ...missingParents(sorted, images)];
  const { order, cycles } = topologicalOrder(images.keys(), (name) => imageParents(images.get(name)));
  problems.push(...cycles.map((cycle) => `these images are built from each other: ${cycle.join(' -> ')}`));
  if (problems.length > 0) return { problems };

  const children = childrenOf(sorted);
  const descendants = (image: ImageName): readonly ImageName[] => {
    const found = [...(children.get(image) ?? [])];
    // Grows while it is walked: level by level.
    for (const name of found) found.push(...(children.get(name) ?? []));
    return found;
  };
  return {
    graph: {
      images,
      order,
      parents: (image) => imageParents(images.get(image), 'layer'),
      children: (image) => children.get(image) ?? [],
      descendants,
    },
  };
};

const imageParents = (
  image: ImageDefinition | undefined,
  edge?: 'layer' | 'build-only',
): readonly ImageName[] =>
  (image?.parents ?? []).flatMap((parent) =>
    parent.kind === 'image' && (edge === undefined || parent.edge === edge) ? [parent.image] : [],
  );

const childrenOf = (sorted: readonly ImageDefinition[]): ReadonlyMap<ImageName, readonly ImageName[]> => {
  const children = new Map<ImageName, ImageName[]>();
  for (const image of sorted) {
    for (const parent of imageParents(image, 'layer')) {
      const known = children.get(parent);
      if (known) known.push(image.name);
      else children.set(parent, [image.name]);
    }
  }
  return children;
};

const usedTwice = (sorted: readonly ImageDefinition[]): readonly string[] => {
  const problems: string[] = [];
  const components = new Map<string, ImageName>();
  const names = new Set<ImageName>();
  for (const { name, component } of sorted) {
    const other = components.get(component);
    if (names.has(name)) problems.push(`${name} is defined twice`);
    else if (other) problems.push(`${other} and ${name} both make NVRs of component ${component}`);
    names.add(name);
    components.set(component, other ?? name);
  }
  return problems;
};

const missingParents = (
  sorted: readonly ImageDefinition[],
  images: ReadonlyMap<ImageName, ImageDefinition>,
): readonly string[] =>
  sorted.flatMap((image) =>
    imageParents(image)
      .filter((parent) => !images.has(parent))
      .map(
        (parent) =>
          `${image.name} is built from ${parent}, which is not defined; an external base is named with its registry`,
      ),
  );
