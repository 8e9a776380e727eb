/** One process of flibs: bus, store, relay, and the consumers that were asked for. */
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { consumersOf, strangerNames, upstreamTopicsOf } from '../../../consumers/catalogue.ts';
import type { ProcessStatus } from '../../api/wire/status.ts';
import type { Bus } from '../../bus/port.ts';
import type { Config } from '../../config/load.ts';
import { openPorts } from '../../flows/open-ports.ts';
import type { Ports } from '../../flows/ports.ts';
import type { Settings } from '../../flows/settings.ts';
import type { Environment } from '../../runtime/environment.ts';
import type { Running } from '../../runtime/loop.ts';
import { startPresence } from '../../runtime/presence.ts';
import { startRelay } from '../../runtime/relay.ts';
import { startSweep } from '../../runtime/sweep.ts';
import { uuidv7 } from '../../runtime/uuid.ts';
import { newWake } from '../../runtime/wake.ts';
import { openStore, type Store } from '../../store/connect.ts';
import { schemaOfInstance } from '../../store/pool.ts';
import { makeReady } from '../../store/prepare.ts';
import type { Addresses } from './addresses.ts';
import { newEndings } from './endings.ts';
import { watchLink } from './link-watch.ts';
import { type Members, newMembers } from './members.ts';
import { openOwnBus, wholeTopology } from './open-bus.ts';
import { portsOptions, settingsOf } from './settings.ts';
import { runImageBuilder, runUpstreamBridges } from './strangers.ts';

export interface FlibsProcess {
  /** A UUID, another one at each start. */
  readonly id: string;
  readonly bus: Bus;
  /** Undefined where only builders and bridges run. Its store may still be away, or older than this flibs. */
  readonly environment: Environment<Ports> | undefined;
  readonly settings: Settings;
  /** How it stands at this moment. */
  status(): Pick<ProcessStatus, 'bus' | 'store' | 'consumers'>;
  /**
   * Starts the consumers once broker and store are there, however long that takes; `status` says what is waited for.
   * @throws the signal's reason when that ended it.
   */
  start(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

export interface ProcessOptions {
  readonly config: Config;
  readonly addresses: Addresses;
  readonly names: readonly string[];
  readonly log: Logger;
}

/** Waits for nothing: whether broker and store are there, its status tells. */
export const openProcess = async (options: ProcessOptions): Promise<FlibsProcess> => {
  const { config, addresses, names, log } = options;
  const settings = settingsOf(config, addresses);
  const id = uuidv7();
  const connectionName = `flibs ${config.instance} ${names.join(' ')}`.slice(0, 120);
  const bus = await openOwnBus(config, addresses.bus, connectionName, log);
  const store = names.every((name) => strangerNames.includes(name)) ? undefined : openOwnStore(options);
  const links = linksOf(bus, store);
  const members = newMembers(names, strangerNames, {
    bus: () => hindrance(links.bus()),
    store: () => (store === undefined ? undefined : hindrance(links.store())),
  });
  const environment = store === undefined ? undefined : environmentOf(options, settings, bus, store);
  const endings = newEndings();
  endings.add(() => bus.close());
  if (store !== undefined) endings.add(() => store.close());
  const starting = { ...options, id, settings, bus, environment, members, onStoreReady: links.storeIsReady };
  return {
    id,
    bus,
    environment,
    settings,
    status: () => ({ bus: links.bus(), store: links.store(), consumers: [...members.standing()] }),
    start: async (signal) => {
      try {
        await startAll({ ...starting, signal }, (running) => endings.add(() => running.stop()));
      } catch (error) {
        throw signal.aborted ? signal.reason : error;
      }
    },
    stop: async () => {
      members.stopped();
      await endings.run();
    },
  };
};

const openOwnStore = ({ config, addresses, log }: ProcessOptions): Store =>
  openStore({ connection: addresses.store, schema: schemaOfInstance(config.instance), log });

const environmentOf = (
  { config, log }: ProcessOptions,
  settings: Settings,
  bus: Bus,
  store: Store,
): Environment<Ports> => {
  const { instance, topicPrefix } = settings;
  const ports = openPorts(portsOptions(config, settings, store));
  return { bus, store, instance, topicPrefix, log, ports, wake: newWake() };
};

const hindrance = ({ connected, waiting }: Omit<ProcessStatus['bus'], 'since'>): string | undefined =>
  connected && waiting === undefined ? undefined : (waiting ?? 'not connected');

const linksOf = (bus: Bus, store: Store | undefined) => {
  let ready = false;
  let changed = () => undefined as unknown;
  const storeState = () => {
    if (store === undefined) return { connected: false, waiting: 'nothing here needs it' };
    const { available, waiting } = store.state();
    if (available && ready) return { connected: true };
    return {
      connected: false,
      waiting: waiting ?? 'it has not answered yet, or is being brought up to date',
    };
  };
  return {
    bus: watchLink(
      () => bus.state(),
      (listener) => bus.onStateChange(listener),
    ),
    store: watchLink(storeState, (listener) => {
      changed = listener;
      store?.onStateChange(listener);
    }),
    storeIsReady: () => {
      ready = true;
      changed();
    },
  };
};

interface Starting extends ProcessOptions {
  readonly id: string;
  readonly settings: Settings;
  readonly bus: Bus;
  readonly environment: Environment<Ports> | undefined;
  readonly members: Members;
  readonly onStoreReady: () => void;
  /** Ends a start that waits for broker or store. */
  readonly signal: AbortSignal;
}

type StopLater = (running: Running) => void;

const startAll = async (starting: Starting, stopLater: StopLater): Promise<void> => {
  const { config, addresses, bus, log, names, environment, members, signal } = starting;
  if (environment !== undefined) {
    await makeReady(environment.store, log, signal);
    starting.onStoreReady();
    // From now on others can read how this process stands, also while it waits for the broker.
    stopLater(startPresence(environment, () => presenceOf(starting)));
  }
  // Rule 2: the whole topology first, or the relay would send facts past queues that are not there yet.
  await declareWhole(starting);
  if (environment !== undefined) await startDeciding(starting, environment, stopLater);
  const stranger = { config, addresses, bus, log };
  if (names.includes('upstream-bridge')) {
    const bridges = await runUpstreamBridges(stranger, upstreamTopicsOf(consumersOf(starting.settings)));
    for (const bridge of bridges) stopLater(bridge);
    const waiting = () =>
      bridges.map(({ source }) => hindrance(source.state())).find((one) => one !== undefined);
    members.started('upstream-bridge', { waiting, effects: () => 0 });
  }
  if (names.includes('image-builder')) {
    stopLater(await runImageBuilder(stranger));
    members.started('image-builder', { waiting: () => undefined, effects: () => 0 });
  }
};

const presenceOf = ({ id, members }: Starting) => ({
  id,
  host: hostname(),
  pid: process.pid,
  consumers: members.standing(),
});

const declareWhole = async ({ bus, config, settings, signal }: Starting): Promise<void> => {
  const declared = bus.declare(wholeTopology(config, consumersOf(settings)));
  await Promise.race([declared, aborted(signal)]);
};

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** The consumers that have the store, with a relay and the sweep beside them. */
const startDeciding = async (
  { config, settings, names, members, signal }: Starting,
  environment: Environment<Ports>,
  stopLater: StopLater,
): Promise<void> => {
  stopLater(startRelay(environment));
  stopLater(startSweep(environment));
  const consumers = consumersOf(settings).filter((consumer) => names.includes(consumer.name));
  const prefetch = config.bus.prefetch;
  const started = await Promise.allSettled(
    consumers.map(async (consumer) => {
      const running = await consumer.start(environment, { prefetch, signal });
      members.started(consumer.name, running);
      return running;
    }),
  );
  const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  stopLater({
    stop: async () => {
      await Promise.all(running.map((each) => each.stop()));
    },
  });
  const failure = started.find((each) => each.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
};
