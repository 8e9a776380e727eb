/** Numbers that a seed decides: mulberry32, by Tommy Ettinger (public domain). */
export interface Random {
  /** From 0 up to 1. */
  next(): number;
  /** True so often of one. */
  chance(probability: number): boolean;
  /** One of them, taken out of the list. */
  take<T>(list: T[]): T | undefined;
  pick<T>(list: readonly T[]): T | undefined;
}

export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const indexOf = (length: number) => Math.floor(next() * length);
  return {
    next,
    chance: (probability) => next() < probability,
    take: (list) => list.splice(indexOf(list.length), 1)[0],
    pick: (list) => list[indexOf(list.length)],
  };
};
