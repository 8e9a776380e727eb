/** What the flows need to know of a process's configuration. Addresses and periods only; definitions are in the store. */
import type { Reporter } from '../../schemas/files/reporter.ts';
import type { GitPlace } from '../nominating/knowledge.ts';

export interface Settings {
  readonly instance: string;
  readonly topicPrefix: string;
  /** `host:port/prefix` without a trailing slash. */
  readonly candidateRegistry: string;
  readonly releaseRegistry: string;
  readonly rebuild: { readonly quietPeriod: number; readonly maximum: number };
  /** Where image definitions come from; absent: from a directory. */
  readonly definitions?: GitPlace | undefined;
  /** Seconds. */
  readonly repositoryInterval: number;
  readonly reconcileInterval: number;
  readonly definitionsInterval: number;
  readonly worker: {
    /** Seconds between announcements. */
    readonly heartbeat: number;
    /** Seconds a run may go without being heard of. */
    readonly lease: number;
  };
  /** Seconds that a job may go without being renewed by the process that has it. */
  readonly jobLease: number;
  /** Who may report results on a bus. */
  readonly reporters: readonly Reporter[];
  /** Plans are written down and not carried out. */
  readonly observe: boolean;
  readonly runTimeout: number;
  /** Attempts at an arch build or smoke test that fail by infrastructure before it is given up. */
  readonly runAttempts: number;
}
