/** The two that reach bus and registry only: started the same way in `flibs up` and alone. */

import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { startImageBuilder } from '../../../consumers/image-builder.ts';
import {
  type BridgeSource,
  startUpstreamBridge,
  type UpstreamBridge,
} from '../../../consumers/upstream-bridge.ts';
import { openBuilder } from '../../building/builder.ts';
import type { Bus } from '../../bus/port.ts';
import type { Config } from '../../config/load.ts';
import { registries } from '../../flows/open-ports.ts';
import { runnableArches } from '../../host/binfmt.ts';
import { lockDirectory } from '../../host/directory-lock.ts';
import type { Running } from '../../runtime/loop.ts';
import { UserError } from '../user-error.ts';
import type { Addresses } from './addresses.ts';
import { tlsOf } from './open-bus.ts';

interface Stranger {
  readonly config: Config;
  readonly addresses: Addresses;
  readonly bus: Bus;
  readonly log: Logger;
}

export const runImageBuilder = async ({ config, addresses, bus, log }: Stranger): Promise<Running> => {
  if (process.getuid?.() !== 0) {
    throw new UserError(
      'failed',
      'image-builder builds as root: buildah mounts images, dnf installs into them',
      {
        hint: 'run it as root; `flibs run` runs the others as any user',
      },
    );
  }
  const stateDir = config.worker.state_directory || join(config.data_directory, 'worker');
  const lock = await lockState(stateDir);
  try {
    return await startWorker({ config, addresses, bus, log }, stateDir, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
};

const startWorker = async (
  { config, addresses, bus, log }: Stranger,
  stateDir: string,
  lock: Lock,
): Promise<Running> => {
  const runsDir = join(stateDir, 'runs');
  // What a worker that was killed here has left.
  await rm(runsDir, { recursive: true, force: true });
  await mkdir(runsDir, { mode: 0o700 });
  const own = log.child({ part: 'worker' });
  const builder = await openBuilder({
    stateDir: join(stateDir, 'builder'),
    log: own,
    insecureRegistries: insecureOf(config, addresses),
  }).catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UserError('failed', `this host cannot build images: ${message}`, { cause });
  });
  const worker = await startImageBuilder({
    bus,
    builder,
    runsDir,
    instance: config.instance,
    name: config.worker.name || (await keptName(stateDir)),
    arches: config.worker.arches.length > 0 ? config.worker.arches : await runnableArches(),
    labels: {},
    slots: config.worker.slots,
    heartbeat: config.leases.announcement_period,
    lease: config.leases.run,
    registry: registries(config.registry.insecure),
    log: own,
  });
  return {
    stop: async () => {
      await worker.stop();
      await builder.close();
      await lock.release();
    },
  };
};

interface Lock {
  release(): Promise<void>;
}

/** One worker has a state directory at a time. */
const lockState = async (stateDir: string): Promise<Lock> => {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  try {
    return await lockDirectory(join(stateDir, 'lock'), `the worker's state directory ${stateDir}`);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UserError('failed', message, {
      hint: 'give this one a worker.state_directory of its own',
      cause,
    });
  }
};

const insecureOf = (config: Config, addresses: Addresses): string[] => {
  if (!config.registry.insecure) return [];
  return [addresses.candidateRegistry, addresses.releaseRegistry].map(
    (place) => place.split('/')[0] ?? place,
  );
};

/** The host's name and a few digits, the same at every start on this state directory, which one process has at a time. */
const keptName = async (stateDir: string): Promise<string> => {
  const file = join(stateDir, 'name');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined && kept !== '') return kept;
  const name = `${hostname().slice(0, 100)}-${randomBytes(3).toString('hex')}`;
  await writeFile(file, name);
  return name;
};

/**
 * From our own broker, where one's own CI reports, and from the second bus where there is one.
 *
 * @param listenedTo every topic that some consumer listens to upstream
 */
export const runUpstreamBridges = async (
  { config, bus, log }: Stranger,
  listenedTo: readonly string[],
): Promise<readonly UpstreamBridge[]> => {
  const own: BridgeSource = {
    kind: 'own-broker',
    exchange: config.bus.public_exchange,
    topics: listenedTo,
  };
  const sources = config.upstream.url === '' ? [own] : [own, secondBus(config, listenedTo)];
  const bridges: UpstreamBridge[] = [];
  for (const source of sources) {
    const bridge = await startUpstreamBridge({
      source,
      own: bus,
      instance: config.instance,
      topicPrefix: config.topic_prefix,
      log: log.child({ consumer: 'upstream-bridge' }),
    });
    bridges.push(bridge);
  }
  return bridges;
};

const secondBus = ({ instance, upstream }: Config, listenedTo: readonly string[]): BridgeSource => ({
  kind: 'second-bus',
  bus: {
    url: upstream.url,
    tls: tlsOf(upstream.tls),
    passiveDeclares: upstream.passive_declares,
    connectionName: `flibs ${instance} upstream-bridge`,
  },
  exchange: upstream.exchange,
  ...(upstream.queue === '' ? {} : { queue: upstream.queue }),
  topics: upstream.topics.length > 0 ? upstream.topics : listenedTo,
});
