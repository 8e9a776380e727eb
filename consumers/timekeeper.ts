/**
 * Listens to the clock.
 * Does: sends each timer's message when it falls due; deletes rows that nobody needs any more.
 * Says internal.timer.<kind>.
 */
import type { Consumer } from '../src/runtime/consumer.ts';
import { startPruning } from '../src/runtime/prune.ts';
import { startTimekeeping } from '../src/runtime/timers.ts';

export const timekeeper = (): Consumer<unknown> => ({
  name: 'timekeeper',
  listensTo: 'the clock',
  does: "sends each timer's message when it falls due; deletes rows that nobody needs any more",
  says: [],
  subscriptions: [],
  background: (environment) => {
    const parts = [startTimekeeping(environment), startPruning(environment)];
    return {
      stop: async () => {
        await Promise.all(parts.map((part) => part.stop()));
      },
    };
  },
});
