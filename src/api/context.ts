/** What the routes work with. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { Store } from '../store/connect.ts';
import type { Actions, Recorder } from './actions.ts';
import type { ProcessStatus } from './wire/status.ts';

export interface ApiContext {
  readonly store: Pick<Store, 'db'>;
  /** Of this process among those that the store knows. */
  readonly process: string;
  /** Seconds after which a worker that is not heard of counts as gone. */
  readonly workerLease: number;
  /** Each is recorded in the transaction that does it. */
  readonly actions: (record: Recorder) => Actions;
  /** Of the token that the machine's own command line finds. Absent: it has none. */
  readonly localTokenHash?: Buffer;
  /** How this process stands, at the moment of the call. */
  readonly status: () => ProcessStatus;
  readonly log: Logger;
  /** Reads a finished log, an artifact, from the registry. Absent: only logs that the store holds are served. */
  readonly readLog?: (image: string, artifactDigest: string) => Promise<string>;
}

/** The same server, its routes typed by their zod schemas. */
export const withZod = (server: FastifyInstance) => server.withTypeProvider<ZodTypeProvider>();

/** Fastify with zod schemas. */
export type Api = ReturnType<typeof withZod>;
