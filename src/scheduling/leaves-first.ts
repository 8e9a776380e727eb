/** The order in which what is known of the end of a chain is passed on to its beginning. */

export interface Waiting {
  readonly id: string;
  /** Ids it waits for; those that are not in the list have ended. */
  readonly dependsOn: readonly string[];
}

/** Those it waits for that are in the list, each once. */
export const parentsAmong = (of: Waiting, list: ReadonlyMap<string, unknown>): readonly string[] =>
  [...new Set(of.dependsOn)].filter((id) => list.has(id));

/**
 * Each after all that wait for it, with a step for each: where others wait for the processor, they can have a turn
 * between two.
 *
 * @throws Error naming those that wait for each other in a circle.
 */
export function* leavesFirstInSteps<T extends Waiting>(
  list: readonly T[],
): Generator<undefined, readonly T[]> {
  const byId = new Map(list.map((one) => [one.id, one]));
  const waiting = new Map<string, number>();
  for (const one of byId.values()) {
    for (const parent of parentsAmong(one, byId)) waiting.set(parent, (waiting.get(parent) ?? 0) + 1);
    yield;
  }
  const order: T[] = [];
  const free = [...byId.values()].filter(({ id }) => !waiting.has(id));
  for (let one = free.pop(); one; one = free.pop()) {
    order.push(one);
    for (const id of parentsAmong(one, byId)) {
      const left = (waiting.get(id) ?? 0) - 1;
      waiting.set(id, left);
      const parent = byId.get(id);
      if (left === 0 && parent) free.push(parent);
    }
    yield;
  }
  if (order.length < byId.size) {
    const done = new Set(order.map(({ id }) => id));
    const circle = [...byId.keys()].filter((id) => !done.has(id)).sort();
    throw new Error(`these builds wait for each other in a circle, so none can start: ${circle.join(', ')}`);
  }
  return order;
}
