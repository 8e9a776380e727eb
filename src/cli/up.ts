/** `flibs up` and `flibs run`: from a configuration to running consumers, until Ctrl-C. */
import type { Logger } from 'pino';
import { ArtifactDigest } from '../../schemas/ids.ts';
import { removeAddress, writeAddress } from '../api/address-file.ts';
import { removeLocalToken, writeLocalToken } from '../api/local-token.ts';
import { type ApiOptions, startApi } from '../api/start.ts';
import type { Config } from '../config/load.ts';
import { registries } from '../flows/open-ports.ts';
import { candidateRepository } from '../flows/registry-paths.ts';
import { newTokenText, tokenHash } from '../runtime/token-text.ts';
import { packageVersion } from './package-root.ts';
import { actionsOf } from './running/actions.ts';
import { type Addresses, findServices, hostServices } from './running/addresses.ts';
import { type Endings, newEndings } from './running/endings.ts';
import { checkedNames } from './running/names.ts';
import { type FlibsProcess, openProcess } from './running/process.ts';
import { untilAskedToStop } from './running/until-asked-to-stop.ts';
import { UserError } from './user-error.ts';

export interface UpOptions {
  readonly log: Logger;
}

export interface Up {
  /** Of the API. */
  readonly url: string;
  readonly addresses: Addresses;
  readonly process: FlibsProcess;
  /** Resolves, with a reason, when a private service has ended without being asked. */
  readonly failed: Promise<string>;
  stop(): Promise<void>;
}

/**
 * Everything in this process: private services as needed, all consumers or those configured, the API.
 * @throws the signal's reason when it ended the start.
 */
export const startUp = async (config: Config, log: Logger, signal: AbortSignal): Promise<Up> => {
  const startedAt = new Date();
  const names = checkedNames(config.consumers, config);
  const hosted = await hostServices(config, log);
  const { addresses } = hosted;
  const endings = newEndings();
  endings.add(() => hosted.stop());
  try {
    signal.throwIfAborted();
    const running = await openProcess({ config, addresses, names, log });
    endings.add(() => running.stop());
    // Before broker and store are waited for: it tells that they are.
    const url = await startServing(config, log, running, startedAt, endings);
    await running.start(signal);
    const failed = hosted.host?.failed.then((exit) => exit.message) ?? new Promise<never>(() => undefined);
    return { url, addresses, process: running, failed, stop: endings.run };
  } catch (error) {
    await endings.run().catch((failure: unknown) => log.warn({ err: failure }, 'not all could be stopped'));
    throw error;
  }
};

const startServing = async (
  config: Config,
  log: Logger,
  running: FlibsProcess,
  startedAt: Date,
  endings: Endings,
): Promise<string> => {
  const { environment, settings } = running;
  if (environment === undefined) return '';
  const open = registries(config.registry.insecure);
  const localToken = newTokenText();
  const options: ApiOptions = {
    store: environment.store,
    process: running.id,
    workerLease: settings.worker.lease,
    actions: actionsOf(environment, settings),
    localTokenHash: tokenHash(localToken),
    status: () => ({
      instance: config.instance,
      version: packageVersion(),
      startedAt: startedAt.toISOString(),
      ...running.status(),
    }),
    log: log.child({ part: 'api' }),
    host: config.api.host,
    port: config.api.port,
    readLog: async (image, digest) => {
      const { registry, repository } = open(candidateRepository(settings, image));
      return (await registry.getArtifact(repository, ArtifactDigest.parse(digest))).toString('utf8');
    },
  };
  const api = await startApi(options).catch((cause: unknown) => {
    throw new UserError('failed', cause instanceof Error ? cause.message : String(cause), {
      hint: 'api.port may be another one, or 0 for any that is free',
      cause,
    });
  });
  endings.add(() => api.stop());
  // Only once it listens: another flibs may have this directory. Before the address: who finds that finds the token too.
  await writeLocalToken(config.data_directory, localToken);
  endings.add(() => removeLocalToken(config.data_directory, localToken));
  await writeAddress(config.data_directory, api.url);
  endings.add(() => removeAddress(config.data_directory));
  return api.url;
};

/** @throws UserError when a private service ended by itself. */
export const up = async (config: Config, { log }: UpOptions): Promise<void> => {
  const asked = untilAskedToStop();
  const running = await startUp(config, log, asked.signal);
  log.info({ api: running.url }, 'flibs is up');
  const failure = await Promise.race([asked.stopped, running.failed]);
  await running.stop();
  if (failure !== undefined)
    throw new UserError('failed', failure, { hint: 'the log above says why; start flibs again' });
};

/** These consumers alone, beside others elsewhere. */
export const runConsumers = async (
  names: readonly string[],
  config: Config,
  { log }: UpOptions,
): Promise<void> => {
  const asked = untilAskedToStop();
  checkedNames(names, config);
  const addresses = await findServices(config);
  const running = await openProcess({ config, addresses, names, log });
  try {
    await running.start(asked.signal);
    await asked.stopped;
  } finally {
    await running.stop();
  }
};
