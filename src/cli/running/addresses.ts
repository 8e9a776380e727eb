/** Where bus, store and registries are: as configured, or private ones that this flibs, or one beside it, has started. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Config } from '../../config/load.ts';
import { openDataDirectory } from '../../host/data-directory.ts';
import { type Host, type HostPart, startHost } from '../../host/host.ts';
import { UserError } from '../user-error.ts';

/** Every address that a process may need. Holds passwords: its file is for its owner alone. */
const Addresses = z.object({
  bus: z.string().min(1),
  store: z.string().min(1),
  candidateRegistry: z.string().min(1),
  releaseRegistry: z.string().min(1),
});
export type Addresses = z.infer<typeof Addresses>;

const fileIn = (config: Config): string => join(config.data_directory, 'services.json');

/** The private services that this configuration asks for. */
const partsOf = (config: Config): HostPart[] => [
  ...(config.bus.url === '' ? (['rabbitmq'] as const) : []),
  ...(config.store.url === '' ? (['postgres'] as const) : []),
  ...(config.registry.candidate === '' || config.registry.release === '' ? (['registry'] as const) : []),
];

export interface Hosted {
  readonly addresses: Addresses;
  /** Undefined where everything is configured. */
  readonly host: Host | undefined;
  stop(): Promise<void>;
}

/** Starts what is not configured and writes down where it is, for `flibs run` beside it. */
export const hostServices = async (config: Config, log: Logger): Promise<Hosted> => {
  const parts = partsOf(config);
  const host =
    parts.length === 0
      ? undefined
      : await asUserError(() => startHost({ dataDir: config.data_directory, log, parts }));
  const registry = host?.registry?.address;
  const addresses = Addresses.parse({
    bus: config.bus.url || host?.rabbitmq?.url,
    store: config.store.url || host?.postgres?.url,
    candidateRegistry: config.registry.candidate || `${registry}/candidates`,
    releaseRegistry: config.registry.release || `${registry}/released`,
  });
  try {
    if (host !== undefined) await write(config, addresses);
  } catch (error) {
    await host?.stop();
    throw error;
  }
  return {
    addresses,
    host,
    stop: async () => {
      if (host === undefined) return;
      await rm(fileIn(config), { force: true });
      await host.stop();
    },
  };
};

/** Takes the data directory for a while. @throws UserError when another flibs has it. */
export const heldDirectory = (path: string): Promise<{ release(): Promise<void> }> =>
  asUserError(() => openDataDirectory(path));

/** What the host says is for people already: which directory, which program, which process. */
const asUserError = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    throw new UserError('failed', cause instanceof Error ? cause.message : String(cause), { cause });
  }
};

const write = async (config: Config, addresses: Addresses): Promise<void> => {
  const beside = `${fileIn(config)}.${process.pid}`;
  await writeFile(beside, `${JSON.stringify(addresses)}\n`, { mode: 0o600 });
  await rename(beside, fileIn(config));
};

/** As configured; where it is not, of the flibs that runs on this data directory. */
export const findServices = async (config: Config): Promise<Addresses> => {
  const missing = partsOf(config);
  const beside = missing.length === 0 ? undefined : await read(config);
  if (missing.length > 0 && beside === undefined) {
    throw new UserError('no-flibs', `no flibs with private services runs on ${config.data_directory}`, {
      hint: 'start `flibs up` there first, or configure bus.url, store.url, registry.candidate and registry.release',
    });
  }
  return Addresses.parse({
    bus: config.bus.url || beside?.bus,
    store: config.store.url || beside?.store,
    candidateRegistry: config.registry.candidate || beside?.candidateRegistry,
    releaseRegistry: config.registry.release || beside?.releaseRegistry,
  });
};

const read = async (config: Config): Promise<Addresses | undefined> => {
  try {
    return Addresses.parse(JSON.parse(await readFile(fileIn(config), 'utf8')));
  } catch {
    return undefined;
  }
};
