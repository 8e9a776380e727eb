/** flibs as `flibs up` runs it, on private services of its own, with a worker whose build step is the stand-in. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startImageBuilder } from '../../consumers/image-builder.ts';
import type { Arch } from '../../schemas/ids.ts';
import { openBus } from '../../src/bus/open-bus.ts';
import type { Bus } from '../../src/bus/port.ts';
import { checkedNames } from '../../src/cli/running/names.ts';
import { openProcess } from '../../src/cli/running/process.ts';
import { startUp } from '../../src/cli/up.ts';
import { type Config, loadConfig } from '../../src/config/load.ts';
import { registries } from '../../src/flows/open-ports.ts';
import { waitUntil } from '../../src/host/wait-until.ts';
import type { Store } from '../../src/store/connect.ts';
import { quietLog } from '../workplace.ts';
import { stormFleet, writeFolders } from './fleet.ts';
import { type MetadataOnlyRepository, openRepository } from './repository.ts';
import { type StandInBuildStep, standInBuildStep } from './stand-in-build-step.ts';
import { writeReleased } from './write-released.ts';

export interface StormSite {
  readonly arches: readonly Arch[];
  readonly bus: { readonly url: string; readonly publicExchange: string };
  readonly store: Store;
  readonly repository: MetadataOnlyRepository;
  readonly buildStep: StandInBuildStep;
  stop(): Promise<void>;
}

export interface SiteOptions {
  /** Empty. */
  readonly directory: string;
  readonly arches: readonly Arch[];
  /** Seconds without a new update after which a rebuild is planned. */
  readonly quietPeriod: number;
  /** How long the stand-in takes for a build. */
  readonly buildMs: number;
  /** Whether the fleet is built and released before anything else, or written into the store as if it had been. */
  readonly first: 'built' | 'written';
}

export const startSite = async (options: SiteOptions): Promise<StormSite> => {
  const repository = await openRepository(join(options.directory, 'repository'), options.arches);
  await writeFolders(join(options.directory, 'definitions'));
  const config = await configure(options, repository);
  const up = await startUp({ ...config, consumers: besidePlanner(config) }, quietLog(), never);
  const endings = [() => up.stop()];
  const stop = async (): Promise<void> => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  try {
    const { environment } = up.process;
    if (environment === undefined) throw new Error('this flibs has no store');
    const url = up.addresses.bus;
    const bus = await openBus(
      { url, passiveDeclares: false, connectionName: 'flibs storm worker' },
      quietLog(),
    );
    endings.push(() => bus.close());
    const registry = registries(false);
    const buildStep = standInBuildStep({ registry, repository, buildMs: options.buildMs });
    const worker = await startWorker(options, config, bus, buildStep);
    endings.push(() => worker.stop());
    if (options.first === 'written') {
      await definitionsLoaded(environment.store);
      await writeReleased(environment, { arches: options.arches, repository, buildStep });
    }
    const planner = await openProcess({
      config,
      addresses: up.addresses,
      names: [planning],
      log: quietLog(),
    });
    endings.push(() => planner.stop());
    await planner.start(never);
    return {
      arches: options.arches,
      bus: { url, publicExchange: config.bus.public_exchange },
      store: environment.store,
      repository,
      buildStep,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const never = new AbortController().signal;
const planning = 'rebuild-planner';

/** The worker is the stand-in; the planner comes last. */
const besidePlanner = (config: Config): readonly string[] =>
  checkedNames([], config).filter((name) => name !== 'image-builder' && name !== planning);

const definitionsLoaded = ({ db }: Store): Promise<true> => {
  const look = async (): Promise<true | undefined> => {
    const images = await db.selectFrom('image').select('name').where('to_revision', 'is', null).execute();
    return images.length === stormFleet.length ? true : undefined;
  };
  return waitUntil(look, { seconds: 300, every: 100, what: 'the definitions to be loaded' });
};

const startWorker = async (
  { directory, arches }: SiteOptions,
  config: Config,
  bus: Bus,
  builder: StandInBuildStep,
) => {
  const runsDir = join(directory, 'runs');
  await mkdir(runsDir);
  return startImageBuilder({
    bus,
    builder,
    runsDir,
    instance: config.instance,
    name: 'stand-in',
    arches,
    labels: {},
    slots: 8,
    heartbeat: config.leases.announcement_period,
    lease: config.leases.run,
    registry: registries(false),
    log: quietLog(),
  });
};

const configure = async (
  { directory, arches, quietPeriod }: SiteOptions,
  { baseurl }: MetadataOnlyRepository,
): Promise<Config> => {
  // No package is ever fetched, so nothing is signed.
  const key = join(directory, 'key.asc');
  await writeFile(key, 'no key\n');
  const file = join(directory, 'flibs.yaml');
  const content = {
    instance: 'storm',
    topic_prefix: 'org.fedoraproject.prod',
    data_directory: join(directory, 'data'),
    definitions: { kind: 'directory', path: join(directory, 'definitions') },
    rebuild: { quiet_period: quietPeriod, maximum: 600 },
    distro_releases: [
      {
        name: 'F40',
        productVersion: 'fedora-40',
        releasever: '40',
        branch: 'f40',
        arches,
        repositories: [{ id: 'updates', baseurl, gpgkeys: [key] }],
        koji: { tags: ['f40-updates'] },
      },
    ],
  };
  await writeFile(file, stringify(content), { mode: 0o600 });
  return (await loadConfig({ file, env: {} })).config;
};
