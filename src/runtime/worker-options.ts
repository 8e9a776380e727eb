/** What a worker is, what it is given to do, and what comes of it. */
import type { Logger } from 'pino';
import type { BuildCommand, Report, TestCommand } from '../../schemas/commands/run.ts';
import type { Arch } from '../../schemas/ids.ts';
import type { Bus } from '../bus/port.ts';

export type RunCommand = BuildCommand | TestCommand;

/** A report, less what every report of a worker has. */
export type Said = {
  readonly [Kind in Report['kind']]: Omit<
    Extract<Report, { kind: Kind }>,
    'schemaVersion' | 'run' | 'worker'
  >;
}[Report['kind']];

/** What came of a run. */
export type RunEnd = Extract<Said, { kind: 'built' | 'tested' | 'failed' }>;

export interface RunContext {
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** A piece of the build log, as it is printed. */
  readonly onOutput: (text: string) => void;
  /** Everything that was printed so far. */
  readonly printed: () => string;
}

export interface WorkerOptions {
  readonly bus: Bus;
  readonly instance: string;
  readonly name: string;
  readonly arches: readonly Arch[];
  readonly labels: Readonly<Record<string, string>>;
  readonly slots: number;
  readonly toolchain: Readonly<Record<string, string>>;
  /** Seconds between announcements. */
  readonly heartbeat: number;
  /** Seconds after which, unheard, a run is ended. */
  readonly lease: number;
  readonly log: Logger;
  /** Does the work, and ends soon when it is aborted; what came of an aborted run does not count. */
  readonly execute: (command: RunCommand, context: RunContext) => Promise<RunEnd>;
}
