/** Images in an order in which they can be built. */
import { byText } from '../../schemas/by-text.ts';

export interface TopologicalOrder<Name extends string> {
  /** Each after everything it is built from; the same for the same graph, however it was given. */
  readonly order: readonly Name[];
  /** Each as it is walked, its first name repeated at the end: `a, b, a`. Where there is one, `order` means nothing. */
  readonly cycles: readonly (readonly Name[])[];
}

/** Names that `parentsOf` gives and `names` does not hold are passed over. */
export const topologicalOrder = <Name extends string>(
  names: Iterable<Name>,
  parentsOf: (name: Name) => readonly Name[],
): TopologicalOrder<Name> => {
  const known = new Set([...names].sort(byText));
  const order: Name[] = [];
  const cycles: Name[][] = [];
  const done = new Set<Name>();
  for (const start of known) {
    // Depth first, without recursion: chains may be long. A parent that is still being walked closes a cycle.
    const path = new Map<Name, Name[]>();
    const enter = (name: Name) => path.set(name, [...parentsOf(name)].sort(byText).reverse());
    if (!done.has(start)) enter(start);
    const steps: Name[] = [...path.keys()];
    for (let name = steps.at(-1); name !== undefined; name = steps.at(-1)) {
      const parent = path.get(name)?.pop();
      if (parent === undefined) {
        steps.pop();
        path.delete(name);
        done.add(name);
        order.push(name);
      } else if (path.has(parent)) cycles.push([...steps.slice(steps.indexOf(parent)), parent]);
      else if (known.has(parent) && !done.has(parent)) {
        enter(parent);
        steps.push(parent);
      }
    }
  }
  return { order, cycles };
};
