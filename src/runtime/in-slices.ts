/** Long work of the processor, done in slices, so that messages, heartbeats and timers are not kept waiting by it. */
import { setImmediate } from 'node:timers/promises';

/** Milliseconds after which others have a turn. */
const slice = 10;

/** Runs a generator to its end and gives what it returns. Each step of it should be short. */
export const inSlices = async <T>(work: Generator<unknown, T>): Promise<T> => {
  for (let until = performance.now() + slice; ; ) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (performance.now() < until) continue;
    await setImmediate();
    until = performance.now() + slice;
  }
};

/** One step for each item. */
export function* eachOf<T, R>(items: Iterable<T>, act: (item: T) => R): Generator<undefined, R[]> {
  const results: R[] = [];
  for (const item of items) {
    results.push(act(item));
    yield;
  }
  return results;
}
