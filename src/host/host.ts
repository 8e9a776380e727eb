/** All private services of one machine, on one data directory. */
import type { Logger } from 'pino';
import type { Exit } from './child-process.ts';
import { openDataDirectory } from './data-directory.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import type { PrivateService } from './private-service.ts';
import { type RabbitMq, startRabbitMq } from './rabbitmq.ts';
import { type Registry, startRegistry } from './registry.ts';

export type HostPart = 'rabbitmq' | 'postgres' | 'registry';

export interface HostOptions {
  /** Made when it is not there. */
  readonly dataDir: string;
  readonly log: Logger;
  /** Which to start; all of them by default. The others are undefined in the result. */
  readonly parts?: readonly HostPart[];
  /** See `PostgresOptions`. */
  readonly throwAway?: boolean;
}

export interface Host {
  /** Absolute, without symbolic links. */
  readonly dataDir: string;
  readonly rabbitmq: RabbitMq | undefined;
  readonly postgres: Postgres | undefined;
  readonly registry: Registry | undefined;
  /** Resolves with the first service that ended without having been asked to. */
  readonly failed: Promise<Exit>;
  /** Stops them all and gives the data directory up; resolves when no process is left. May be called again. */
  stop(): Promise<void>;
}

const stopAll = async (services: readonly (PrivateService | undefined)[]): Promise<void> => {
  const stopped = await Promise.allSettled(services.map((service) => service?.stop()));
  const failure = stopped.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    throw failure.reason;
  }
};

const firstFailure = (services: readonly (PrivateService | undefined)[]): Promise<Exit> =>
  new Promise((resolve) => {
    for (const service of services) {
      void service?.exited.then((exit) => {
        if (!exit.expected) {
          resolve(exit);
        }
      });
    }
  });

const started = <T>(result: PromiseSettledResult<T>): T | undefined =>
  result.status === 'fulfilled' ? result.value : undefined;

const startParts = async ({ dataDir, log, parts, throwAway = false }: HostOptions) => {
  const wants = (part: HostPart): boolean => parts === undefined || parts.includes(part);
  const options = (part: HostPart) => ({ dataDir, log: log.child({ part }) });
  const results = await Promise.allSettled([
    wants('rabbitmq') ? startRabbitMq(options('rabbitmq')) : undefined,
    wants('postgres') ? startPostgres({ ...options('postgres'), throwAway }) : undefined,
    wants('registry') ? startRegistry(options('registry')) : undefined,
  ]);
  const services = {
    rabbitmq: started(results[0]),
    postgres: started(results[1]),
    registry: started(results[2]),
  };
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    await stopAll(Object.values(services));
    throw failure.reason;
  }
  return services;
};

/** Starts the private services side by side. When one cannot start, none is left running. */
export const startHost = async (options: HostOptions): Promise<Host> => {
  const directory = await openDataDirectory(options.dataDir);
  let services: Awaited<ReturnType<typeof startParts>>;
  try {
    services = await startParts({ ...options, dataDir: directory.path });
  } catch (error) {
    await directory.release();
    throw error;
  }
  const all = Object.values(services);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= stopAll(all).finally(() => directory.release());
    return stopping;
  };
  return { dataDir: directory.path, ...services, failed: firstFailure(all), stop };
};
