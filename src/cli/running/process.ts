/** One process of flibs: bus, store, relay, and the consumers that were asked for. */
import type { Logger } from 'pino';
import { consumersOf, strangerNames } from '../../../consumers/catalogue.ts';
import type { Bus } from '../../bus/port.ts';
import type { Config } from '../../config/load.ts';
import { openPorts, type PortsOptions } from '../../flows/open-ports.ts';
import type { Ports } from '../../flows/ports.ts';
import type { Settings } from '../../flows/settings.ts';
import type { Environment } from '../../runtime/environment.ts';
import type { Running } from '../../runtime/loop.ts';
import { startRelay } from '../../runtime/relay.ts';
import { newWake } from '../../runtime/wake.ts';
import type { Store } from '../../store/connect.ts';
import { schemaOfInstance } from '../../store/pool.ts';
import { prepareStore } from '../../store/prepare.ts';
import { UserError } from '../user-error.ts';
import type { Addresses } from './addresses.ts';
import { newEndings } from './endings.ts';
import { openOwnBus, wholeTopology } from './open-bus.ts';
import { settingsOf } from './settings.ts';
import { runImageBuilder, runUpstreamBridge } from './strangers.ts';

export interface FlibsProcess {
  readonly bus: Bus;
  /** Undefined where only builders and bridges run. */
  readonly environment: Environment<Ports> | undefined;
  readonly settings: Settings;
  readonly running: readonly string[];
  stop(): Promise<void>;
}

export interface ProcessOptions {
  readonly config: Config;
  readonly addresses: Addresses;
  readonly names: readonly string[];
  readonly log: Logger;
  /** Ends a start that waits for broker or store. */
  readonly signal: AbortSignal;
}

/** Every consumer's name, in the order of the flow. */
export const allNames = (settings: Settings): readonly string[] => [
  ...strangerNames,
  ...consumersOf(settings).map((consumer) => consumer.name),
];

/** Waits for broker and store, with a visible reason, for as long as it takes. */
export const startProcess = async (options: ProcessOptions): Promise<FlibsProcess> => {
  const { config, addresses, names, log } = options;
  const settings = settingsOf(config, addresses);
  refuseUnknown(names, settings);
  const bus = await openOwnBus(
    config,
    addresses.bus,
    `flibs ${config.instance} ${names.join(' ')}`.slice(0, 120),
    log,
  );
  const endings = newEndings();
  endings.add(() => bus.close());
  const stopLater = (running: Running) => endings.add(() => running.stop());
  try {
    const starting = { ...options, settings, bus };
    const environment = await startDeciding(starting, stopLater);
    await declareWhole(starting);
    const stranger = { config, addresses, bus, log };
    if (names.includes('upstream-bridge')) stopLater(await runUpstreamBridge(stranger));
    if (names.includes('image-builder')) stopLater(await runImageBuilder(stranger));
    return { bus, environment, settings, running: names, stop: endings.run };
  } catch (error) {
    await endings.run().catch((failure: unknown) => log.warn({ err: failure }, 'not all could be stopped'));
    throw options.signal.aborted ? options.signal.reason : error;
  }
};

const refuseUnknown = (names: readonly string[], settings: Settings): void => {
  const known = allNames(settings);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new UserError('usage', `there is no consumer ${JSON.stringify(unknown)}`, {
    hint: `there are ${known.join(', ')}`,
  });
};

interface Starting extends ProcessOptions {
  readonly settings: Settings;
  readonly bus: Bus;
}

const declareWhole = async ({ bus, config, settings, signal }: Starting): Promise<void> => {
  const declared = bus.declare(wholeTopology(config, consumersOf(settings)));
  await Promise.race([declared, aborted(signal)]);
};

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** The consumers that have the store, if any were asked for, with a relay beside them. */
const startDeciding = async (
  starting: Starting,
  stopLater: (running: Running) => void,
): Promise<Environment<Ports> | undefined> => {
  const { config, settings, bus, log, names, signal } = starting;
  const consumers = consumersOf(settings).filter((consumer) => names.includes(consumer.name));
  if (consumers.length === 0) return undefined;
  const store = await openMigrated(starting);
  stopLater({ stop: () => store.close() });
  const ports = openPorts(portsOptions(starting, store));
  const { instance, topicPrefix } = settings;
  const environment: Environment<Ports> = { bus, store, instance, topicPrefix, log, ports, wake: newWake() };
  // Rule 2: the whole topology first, or the relay would send facts past queues that are not there yet.
  await declareWhole(starting);
  stopLater(startRelay(environment));
  const prefetch = config.bus.prefetch;
  const started = await Promise.allSettled(
    consumers.map((consumer) => consumer.start(environment, { prefetch, signal })),
  );
  const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  stopLater({
    stop: async () => {
      await Promise.all(running.map((each) => each.stop()));
    },
  });
  const failure = started.find((each) => each.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return environment;
};

const openMigrated = ({ config, addresses, log, signal }: Starting): Promise<Store> =>
  prepareStore({ connection: addresses.store, schema: schemaOfInstance(config.instance), log }, signal);

const portsOptions = ({ config, settings }: Starting, store: Store): PortsOptions => ({
  store,
  settings,
  insecure: config.registry.insecure,
  distroReleases: config.distro_releases,
  source:
    config.definitions.kind === 'git'
      ? {
          kind: 'git',
          url: config.definitions.url,
          branch: config.definitions.branch,
          workdir: `${config.data_directory}/definitions`,
        }
      : { kind: 'directory', path: config.definitions.path },
});
