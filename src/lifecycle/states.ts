/**
 * The states of everything that has a life, and which may follow which. Nothing else in flibs knows them.
 * `settled` means that no work of ours goes on until a person, a message or a new source asks for it.
 */

/** Each state with those that may follow it. */
type Table<State extends string> = Readonly<Record<State, readonly State[]>>;

interface Lifecycle<State extends string> {
  readonly initial: readonly State[];
  readonly next: Table<State>;
  /** Nothing more happens by itself. A settled state with no successor is terminal. */
  readonly settled: readonly State[];
}

const lifecycle = <State extends string>(life: Lifecycle<State>): Lifecycle<State> => life;

/** A report over planned work with common causes. */
export type RebuildState = 'collecting' | 'planned' | 'running' | 'finished' | 'cancelled';

/** One NVR of one image: its arch builds, then its index. */
export type BuildState =
  | 'planned'
  | 'building'
  | 'candidate'
  | 'testing'
  | 'releasing'
  | 'released'
  | 'held'
  | 'rejected'
  | 'failed'
  | 'unchanged'
  | 'cancelled'
  | 'superseded'
  | 'withdrawn';

/** One image on one architecture. */
export type ArchBuildState =
  | 'blocked'
  | 'ready'
  | 'requested'
  | 'running'
  | 'succeeded'
  | 'parent_failed'
  | 'held'
  | 'unchanged'
  | 'failed'
  | 'cancelled'
  | 'superseded';

/** One attempt at an arch build or a smoke test. */
export type RunState =
  | 'requested'
  | 'running'
  | 'finished'
  | 'failed'
  | 'refused'
  | 'returned'
  | 'expired'
  | 'cancelled';

const rebuild = lifecycle<RebuildState>({
  initial: ['collecting'],
  next: {
    collecting: ['planned', 'cancelled'],
    // Nothing to build: finished at once.
    planned: ['running', 'finished', 'cancelled'],
    running: ['finished', 'cancelled'],
    finished: [],
    cancelled: [],
  },
  settled: ['finished', 'cancelled'],
});

const build = lifecycle<BuildState>({
  initial: ['planned'],
  next: {
    planned: ['building', 'held', 'failed', 'unchanged', 'cancelled', 'superseded'],
    building: ['candidate', 'held', 'failed', 'unchanged', 'cancelled', 'superseded'],
    candidate: ['testing', 'held', 'rejected', 'cancelled', 'superseded'],
    testing: ['releasing', 'held', 'rejected', 'cancelled', 'superseded'],
    releasing: ['released', 'held', 'failed', 'superseded'],
    released: ['withdrawn'],
    // Where a hold ends depends on what it waited for: a baseline (building), a turn (candidate), a parent (releasing).
    held: ['building', 'candidate', 'testing', 'releasing', 'rejected', 'failed', 'cancelled', 'superseded'],
    rejected: ['testing', 'cancelled', 'superseded'],
    // A person retries an arch build: the build goes on where it stopped.
    failed: ['building', 'releasing', 'cancelled', 'superseded'],
    unchanged: [],
    cancelled: [],
    superseded: [],
    withdrawn: [],
  },
  settled: ['released', 'rejected', 'failed', 'unchanged', 'cancelled', 'superseded', 'withdrawn'],
});

const archBuild = lifecycle<ArchBuildState>({
  initial: ['blocked', 'ready'],
  next: {
    blocked: ['ready', 'parent_failed', 'held', 'unchanged', 'cancelled', 'superseded'],
    // Blocked again: what it is built upon is to be built anew after all.
    ready: ['requested', 'blocked', 'held', 'failed', 'cancelled', 'superseded'],
    // Returned or expired: ready again.
    requested: ['running', 'ready', 'failed', 'cancelled', 'superseded'],
    // Infrastructure failure: ready again, with a new run.
    running: ['succeeded', 'unchanged', 'ready', 'failed', 'cancelled', 'superseded'],
    // Speculative on a parent that was rejected afterwards.
    succeeded: ['superseded'],
    parent_failed: ['blocked', 'held', 'cancelled', 'superseded'],
    held: ['blocked', 'ready', 'parent_failed', 'unchanged', 'failed', 'cancelled', 'superseded'],
    unchanged: [],
    failed: ['ready', 'cancelled', 'superseded'],
    cancelled: [],
    superseded: [],
  },
  settled: ['succeeded', 'parent_failed', 'unchanged', 'failed', 'cancelled', 'superseded'],
});

const run = lifecycle<RunState>({
  initial: ['requested'],
  next: {
    // The report of an end can overtake the report of the start.
    requested: ['running', 'finished', 'failed', 'refused', 'returned', 'expired', 'cancelled'],
    // A worker that stops gives back what it has in hand.
    running: ['finished', 'failed', 'returned', 'expired', 'cancelled'],
    finished: [],
    failed: [],
    refused: [],
    returned: [],
    expired: [],
    cancelled: [],
  },
  settled: ['finished', 'failed', 'refused', 'returned', 'expired', 'cancelled'],
});

/** By kind of entity. */
export const lifecycles = { rebuild, build, archBuild, run } as const;

export interface StateOf {
  readonly rebuild: RebuildState;
  readonly build: BuildState;
  readonly archBuild: ArchBuildState;
  readonly run: RunState;
}

export type LivingKind = keyof StateOf;
