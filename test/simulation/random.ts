/** Choices that a seed decides. */
import { randomFrom as numbersFrom } from '../../bench/random.ts';

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
  const next = numbersFrom(seed);
  const indexOf = (length: number) => Math.floor(next() * length);
  return {
    next,
    chance: (probability) => next() < probability,
    take: (list) => list.splice(indexOf(list.length), 1)[0],
    pick: (list) => list[indexOf(list.length)],
  };
};
