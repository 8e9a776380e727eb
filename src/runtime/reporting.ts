/** What a worker says about its runs, repeated until the broker has it, so that nothing that was done is forgotten. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RunId } from '../../schemas/ids.ts';
import { workerMessage } from './worker-message.ts';
import type { Said, WorkerOptions } from './worker-options.ts';

/** In milliseconds. */
export interface ReportTimes {
  /** Between two attempts when nobody takes it. */
  readonly pause: number;
  /** What a report has once the worker stops. What is not said by then, the end of its lease says. */
  readonly lastWords: number;
}

const usualTimes: ReportTimes = { pause: 1000, lastWords: 5000 };

export type Reporting = (run: RunId, said: Said) => Promise<void>;

/**
 * Resolves once the broker has it, for as long as that takes; when the worker stops, not much longer than that.
 * Rejects when the broker or our own client refuses the message.
 */
export const reporting =
  (
    options: Pick<WorkerOptions, 'bus' | 'instance' | 'name' | 'log'>,
    stopping: AbortSignal,
    times = usualTimes,
  ): Reporting =>
  async (run, said) => {
    const report = { schemaVersion: 1, run, worker: options.name, ...said };
    const message = workerMessage(options.instance, 'report', report, true);
    const settled = new AbortController();
    const untilTaken = async (): Promise<'taken'> => {
      while ((await options.bus.publish(message)) === 'returned') {
        await delay(times.pause, undefined, { signal: settled.signal });
      }
      return 'taken';
    };
    try {
      const outcome = await Promise.race([
        untilTaken(),
        lastWords(times.lastWords, stopping, settled.signal),
      ]);
      if (outcome === 'untold') options.log.warn({ run, kind: said.kind }, 'nobody took the last report');
    } finally {
      settled.abort();
    }
  };

const lastWords = async (
  milliseconds: number,
  stopping: AbortSignal,
  settled: AbortSignal,
): Promise<'untold'> => {
  if (!stopping.aborted) {
    await new Promise<void>((resolve) => {
      stopping.addEventListener('abort', () => resolve(), { once: true, signal: settled });
    });
  }
  await delay(milliseconds, undefined, { signal: settled });
  return 'untold';
};
