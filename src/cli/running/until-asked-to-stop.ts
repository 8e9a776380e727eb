/** Ctrl-C and SIGTERM: the first asks to stop, the second stops at once. */
import { constants } from 'node:os';
import { UserError } from '../user-error.ts';

export interface Asked {
  /** Aborted at the first request, for starts that still wait. */
  readonly signal: AbortSignal;
  readonly stopped: Promise<undefined>;
}

export const untilAskedToStop = (): Asked => {
  const asked = new AbortController();
  const stopped = new Promise<undefined>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        // Children end with us (pdeathsig), so even the impatient leave nothing behind.
        if (asked.signal.aborted) process.exit(128 + constants.signals[signal]);
        asked.abort(new UserError('interrupted', 'asked to stop'));
        resolve(undefined);
      });
    }
  });
  return { signal: asked.signal, stopped };
};
