/** Runs the jobs of one consumer: claims what is due when the sweep or a commit rings, so many of each kind at once. */
import { describeError } from '../store/store-errors.ts';
import type { Effect } from './consumer.ts';
import type { Environment } from './environment.ts';
import { type Running, startLoop } from './loop.ts';
import { claimDueJob, runJob } from './run-job.ts';

/** Jobs of one consumer, as they are run in this process. */
export interface RunningEffects extends Running {
  /** How many are under way. */
  underWay(): number;
}

/** Stopping aborts the signals of what runs and waits for it; what did not come to its end is given back. */
export const startEffects = <Ports>(
  name: string,
  effects: readonly Effect<Ports>[],
  environment: Environment<Ports>,
): RunningEffects => {
  const { store, log, wake } = environment;
  const running = new Map<Promise<void>, { kind: string; controller: AbortController }>();

  const withFreeSlot = () =>
    effects.filter(
      ({ kind, concurrency }) =>
        [...running.values()].filter((run) => run.kind === kind).length < concurrency,
    );
  const begin = async (): Promise<boolean> => {
    const free = withFreeSlot();
    if (free.length === 0) return false;
    const job = await claimDueJob(environment, free);
    const effect = effects.find(({ kind }) => kind === job?.kind);
    if (job === undefined || effect === undefined) return false;
    const controller = new AbortController();
    const run = runJob(environment, effect, job, controller)
      .catch((error: unknown) =>
        log.error({ job: job.kind, error: describeError(error) }, 'a job was left as it is'),
      )
      .finally(() => {
        running.delete(run);
        loop.ring();
      });
    running.set(run, { kind: job.kind, controller });
    return true;
  };
  const loop = startLoop({
    name: `effects of ${name}`,
    store,
    log,
    round: async (signal) => {
      while (!signal.aborted && (await begin()));
      return undefined;
    },
  });
  const ring = (kinds: readonly string[]) => {
    if (effects.some(({ kind }) => kinds.includes(kind))) loop.ring();
  };
  wake.on('jobs', ring);

  return {
    underWay: () => running.size,
    stop: async () => {
      wake.off('jobs', ring);
      await loop.stop();
      for (const { controller } of running.values()) controller.abort(new Error('the process stops'));
      await Promise.all(running.keys());
    },
  };
};

/**
 * Runs one due job here and now.
 * @returns false where none is due.
 */
export const runNextJob = async <Ports>(
  effects: readonly Effect<Ports>[],
  environment: Environment<Ports>,
): Promise<boolean> => {
  const job = effects.length === 0 ? undefined : await claimDueJob(environment, effects);
  const effect = effects.find(({ kind }) => kind === job?.kind);
  if (job === undefined || effect === undefined) return false;
  await runJob(environment, effect, job);
  return true;
};
