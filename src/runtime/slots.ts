/** Lets so many in at once; others wait in the order they came. */
export const newSlots = (count: number): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // A slot goes straight to the next in line, so nobody can come between.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
};
