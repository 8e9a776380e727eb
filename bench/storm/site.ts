/** flibs as `flibs up` runs it, on private services of its own, with a worker whose build step is the stand-in. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startImageBuilder } from '../../consumers/image-builder.ts';
import type { Arch } from '../../schemas/ids.ts';
import { openBus } from '../../src/bus/open-bus.ts';
import type { Bus } from '../../src/bus/port.ts';
import { checkedNames } from '../../src/cli/running/names.ts';
import { startUp } from '../../src/cli/up.ts';
import { type Config, loadConfig } from '../../src/config/load.ts';
import { registries } from '../../src/flows/open-ports.ts';
import type { Store } from '../../src/store/connect.ts';
import { quietLog } from '../workplace.ts';
import { writeFolders } from './fleet.ts';
import { type MetadataOnlyRepository, openRepository } from './repository.ts';
import { type StandInBuildStep, standInBuildStep } from './stand-in-build-step.ts';

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
}

export const startSite = async (options: SiteOptions): Promise<StormSite> => {
  const repository = await openRepository(join(options.directory, 'repository'), options.arches);
  await writeFolders(join(options.directory, 'definitions'));
  const config = await configure(options, repository);
  const up = await startUp(config, quietLog(), new AbortController().signal);
  try {
    const { environment } = up.process;
    if (environment === undefined) throw new Error('this flibs has no store');
    const url = up.addresses.bus;
    const bus = await openBus(
      { url, passiveDeclares: false, connectionName: 'flibs storm worker' },
      quietLog(),
    );
    const registry = registries(false);
    const buildStep = standInBuildStep({ registry, repository, buildMs: options.buildMs });
    const worker = await startWorker(options, config, bus, buildStep);
    return {
      arches: options.arches,
      bus: { url, publicExchange: config.bus.public_exchange },
      store: environment.store,
      repository,
      buildStep,
      stop: async () => {
        await worker.stop();
        await bus.close();
        await up.stop();
      },
    };
  } catch (error) {
    await up.stop();
    throw error;
  }
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
  const { config } = await loadConfig({ file, env: {} });
  return { ...config, consumers: checkedNames([], config).filter((name) => name !== 'image-builder') };
};
