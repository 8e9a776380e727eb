/** Work remembers what began it, so that all that is said of it can be traced back, whatever message moves it on. */
import type { Flow } from '../runtime/consumer.ts';
import { causeFrom, storedCause } from '../runtime/flow.ts';
import type { StoredCause } from '../store/runtime-tables.ts';

/** The present cause, as arch builds and smoke tests keep it. */
export const begunNow = (flow: Flow): string => JSON.stringify(storedCause(flow.cause));

/** The flow, speaking of this work. */
export const flowOf = (flow: Flow, work: { readonly cause: StoredCause | null }): Flow =>
  work.cause === null ? flow : flow.under(causeFrom(work.cause));
