/** How often something may happen: so many times at once, and so many a second for ever. */

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export interface Buckets {
  /** Takes one for this key. 0, or how many seconds later there is one to take. */
  take(key: string): number;
}

/** Keys that are remembered; the one that took longest ago goes first, and then has a full bucket again. */
const mostKeys = 10_000;

/** @param now - in milliseconds, never backwards */
export const newBuckets = (
  { burst, perSecond }: Rate,
  now: () => number = () => performance.now(),
): Buckets => {
  const buckets = new Map<string, { readonly left: number; readonly at: number }>();
  return {
    take: (key) => {
      const at = now();
      const before = buckets.get(key);
      const refilled = before === undefined ? burst : before.left + ((at - before.at) / 1000) * perSecond;
      const left = Math.min(burst, refilled);
      const taken = left >= 1;
      // At the end of the map: the order is that of the last taking.
      buckets.delete(key);
      buckets.set(key, { left: taken ? left - 1 : left, at });
      if (buckets.size > mostKeys) {
        for (const oldest of buckets.keys()) {
          buckets.delete(oldest);
          break;
        }
      }
      return taken ? 0 : (1 - left) / perSecond;
    },
  };
};
