/**
 * Whoever subscribes, or binds an AsyncLocalStorage, learns to which run or job what happens belongs: a tracer, or the
 * bench. Nobody does by default, and then it costs nothing.
 */
import { channel } from 'node:diagnostics_channel';

/** `run <run id>` of a worker, or `job <kind> <key>`. */
export interface Work {
  readonly work: string;
}

const working = channel('flibs:work');

export const asWork = <T>(work: string, act: () => T): T => working.runStores({ work } satisfies Work, act);
