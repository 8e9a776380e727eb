/** What a simulation is told, and what it tells. */
import type { Outgoing } from '../../src/bus/port.ts';
import type { Flow } from '../../src/runtime/consumer.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import type { CrashPlan } from '../faults/crash-points.ts';
import type { Part } from './cast.ts';
import type { Standing } from './next-due.ts';
import type { Outside } from './post.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Its clock is moved. Its bus is not used: what is published on it arrives like the rest. */
  readonly environment: Omit<Environment, 'bus' | 'clock'>;
  readonly parts: readonly Part[];
  /** What sets it going, besides what the parts do at their start. */
  readonly begin?: (flow: Flow) => Promise<void>;
  /** Messages that are there at the beginning. */
  readonly arriving?: readonly Outgoing[];
  readonly outside?: Outside;
  /** Ends the process of all parts once, at this point. */
  readonly crash?: PlannedCrash;
  readonly odds?: Partial<Odds>;
  /** What stands for ever is no reason to go on. */
  readonly standing?: Standing;
  /** Asked when only that is left: false lets time go on to the next of it. */
  readonly atRest?: () => Promise<boolean>;
  /** Where time begins: where an earlier simulation on this store has ended. */
  readonly aheadMs?: number;
  /** Steps before it counts as endless, default 20,000. */
  readonly mostSteps?: number;
}

/** With `part`, only what that one does counts; of what is published, what it listens to. */
export interface PlannedCrash extends Omit<CrashPlan, 'how'> {
  readonly part?: string;
}

/** Of one. */
export interface Odds {
  /** A delivery comes once more later. */
  readonly duplicate: number;
  /** A row of the outbox is left to a later sweep. */
  readonly leave: number;
  /** Time moves to the next timer although messages are under way. */
  readonly impatient: number;
}

export interface SimulationReport {
  readonly steps: number;
  readonly crashed: boolean;
  /** How far time was moved. */
  readonly aheadMs: number;
  /** Every message that was published, in order; a row that was sent twice is there twice. */
  readonly published: readonly Outgoing[];
  /** What happened, for a person who looks for the reason of a failure. */
  readonly trace: readonly string[];
}

export const usualOdds: Odds = { duplicate: 0.1, leave: 0.2, impatient: 0.01 };
