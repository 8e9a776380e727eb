/** What the private services have in common. */
import type { Logger } from 'pino';
import type { Exit } from './child-process.ts';

export interface ServiceOptions {
  /** Absolute. Each service keeps to a directory of its own below it. The caller holds its lock, or nobody else uses it. */
  readonly dataDir: string;
  readonly log: Logger;
}

export interface PrivateService {
  /** TCP port on 127.0.0.1. The same at the next start on this data directory, unless another process has it then. */
  readonly port: number;
  /** Resolves when its process ended, asked or not. What to do about it is the caller's decision. */
  readonly exited: Promise<Exit>;
  /** Resolves when none of its processes is left. */
  stop(): Promise<void>;
}
