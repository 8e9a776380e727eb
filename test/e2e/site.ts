/**
 * A small site: services of its own that can be taken away and brought back, one arch, two RPM repositories, definitions
 * that can be changed. Real parts all of them; only the periods are short.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { exampleImagesDir } from '../../src/cli/demo/example-files.ts';
import { addNewerOpenssl, makePackages } from '../../src/cli/demo/packages.ts';
import { startPostgres } from '../../src/host/postgres.ts';
import { startRabbitMq } from '../../src/host/rabbitmq.ts';
import { startRegistry } from '../../src/host/registry.ts';
import { busyboxCache } from './demo-run.ts';

const log = pino({ level: process.env['FLIBS_TEST_LOG'] ?? 'silent' });

/** A private service that keeps its address when it is started again. */
export interface OwnService {
  readonly address: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface Services {
  readonly rabbitmq: OwnService;
  readonly postgres: OwnService;
  readonly registry: OwnService;
}

/** Files of a definition by name. */
export type Files = Readonly<Record<string, string>>;

export interface Site {
  readonly directory: string;
  /** Of flibs; the only place where it may write. */
  readonly dataDirectory: string;
  /** Where flibs is started: empty. */
  readonly workingDirectory: string;
  readonly configFile: string;
  /** A second repository of the distro release, empty at first. */
  readonly extraRepository: string;
  readonly services: Services;
  /** Writes a folder of definitions anew. */
  define(image: string, files: Files): Promise<void>;
  undefine(image: string): Promise<void>;
  /** Puts a newer openssl into the repository. */
  addNewerOpenssl(): Promise<void>;
  /** Puts RPMs into the second repository, signed or not, as they are. */
  offer(files: readonly string[]): Promise<void>;
  /** An RPM of the first repository by the beginning of its name. */
  rpm(name: string): string;
  remove(): Promise<void>;
}

const arch = 'x86_64';
/** The version of the example packages before and after `addNewerOpenssl`. */
export const oldOpenssl = '3.2.1-2.fc40';
export const newOpenssl = '3.2.2-1.fc40';

const startAgain = async (
  begin: () => Promise<{ address: string; stop(): Promise<void> }>,
): Promise<OwnService> => {
  let running: { address: string; stop(): Promise<void> } | undefined = await begin();
  const { address } = running;
  return {
    address,
    stop: async () => {
      await running?.stop();
      running = undefined;
    },
    start: async () => {
      running ??= await begin();
      if (running.address !== address)
        throw new Error(`it came back at ${running.address}, not at ${address}`);
    },
  };
};

const startServices = async (dataDir: string): Promise<Services> => {
  const [rabbitmq, postgres, registry] = await Promise.all([
    startAgain(async () => {
      const { url, stop } = await startRabbitMq({ dataDir, log });
      return { address: url, stop };
    }),
    startAgain(async () => {
      const { url, stop } = await startPostgres({ dataDir, log, throwAway: true });
      return { address: url, stop };
    }),
    startAgain(() => startRegistry({ dataDir, log })),
  ]);
  return { rabbitmq, postgres, registry };
};

export interface SiteOptions {
  /** Taken from the examples. */
  readonly images: readonly string[];
  readonly instance?: string;
  /** More of the configuration, key by key of the first level. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Services, packages and definitions; flibs itself is not started. */
export const aSite = async ({ images, instance = 'site', config = {} }: SiteOptions): Promise<Site> => {
  const directory = await mkdtemp(join(tmpdir(), 'flibs-e2e-site-'));
  const [definitions, dataDirectory, workingDirectory, extraRepository] = await Promise.all(
    ['definitions', 'data', 'cwd', 'extra'].map(async (name) => {
      await mkdir(join(directory, name));
      return join(directory, name);
    }),
  );
  if (!definitions || !dataDirectory || !workingDirectory || !extraRepository)
    throw new Error('no directory');
  const packages = {
    dataDir: join(directory, 'packages'),
    cacheDir: busyboxCache,
    repoDir: join(directory, 'repository'),
    arches: [arch] as const,
  };
  const servicesDirectory = join(directory, 'services');
  await mkdir(servicesDirectory, { mode: 0o711 });
  const [services, { baseurl, keyFile }] = await Promise.all([
    startServices(servicesDirectory),
    makePackages({ ...packages, openssl: { version: '3.2.1', release: '2' } }),
  ]);
  await createRepository(extraRepository);
  for (const image of images) {
    await cp(join(exampleImagesDir(), image), join(definitions, image), { recursive: true });
  }
  const configFile = join(directory, 'flibs.yaml');
  const { rabbitmq, postgres, registry } = services;
  const content = {
    instance,
    topic_prefix: 'org.fedoraproject.prod',
    data_directory: dataDirectory,
    bus: { url: rabbitmq.address },
    store: { url: postgres.address },
    registry: { candidate: `${registry.address}/candidates`, release: `${registry.address}/released` },
    definitions: { kind: 'directory', path: definitions, interval: 2 },
    rebuild: { quiet_period: 0, maximum: 5 },
    repositories: { interval: 300 },
    leases: { announcement_period: 1, run: 6, job: 5 },
    worker: { arches: [arch], name: 'worker' },
    distro_releases: [
      {
        name: 'F40',
        productVersion: 'fedora-40',
        releasever: '40',
        branch: 'f40',
        arches: [arch],
        repositories: [
          { id: 'examples', baseurl, gpgkeys: [keyFile] },
          { id: 'extra', baseurl: `file://${extraRepository}`, gpgkeys: [keyFile] },
        ],
        koji: { tags: ['f40-updates'], buildTags: ['f40-build'] },
      },
    ],
    ...config,
  };
  await writeFile(configFile, stringify(content), { mode: 0o600 });
  return {
    directory,
    dataDirectory,
    workingDirectory,
    configFile,
    extraRepository,
    services,
    define: async (image, files) => {
      await rm(join(definitions, image), { recursive: true, force: true });
      // Appears whole: the loader may look at any moment.
      const beside = join(directory, `${image}.new`);
      await mkdir(beside);
      for (const [name, text] of Object.entries(files)) await writeFile(join(beside, name), text);
      await cp(beside, join(definitions, image), { recursive: true });
      await rm(beside, { recursive: true });
    },
    undefine: (image) => rm(join(definitions, image), { recursive: true, force: true }),
    addNewerOpenssl: async () => {
      await addNewerOpenssl({ ...packages, openssl: { version: '3.2.2', release: '1' } });
    },
    offer: async (files) => {
      for (const file of files) await cp(file, join(extraRepository, file.split('/').at(-1) ?? ''));
      await createRepository(extraRepository);
    },
    rpm: (name) => join(packages.repoDir, arch, name),
    remove: async () => {
      await Promise.all(Object.values(services).map((service: OwnService) => service.stop()));
      await rm(directory, { recursive: true, force: true });
    },
  };
};

const createRepository = async (directory: string): Promise<void> => {
  await execa('createrepo_c', ['--quiet', '--no-database', '--', directory]);
};

/** A definition of packages on a parent, or on nothing, that passes its own test unless told otherwise. */
export const packagesImage = (
  packages: readonly string[],
  {
    parent = 'scratch',
    test = ['/bin/sh', '-c', 'true'],
  }: { parent?: string; test?: readonly string[] } = {},
): Files => ({
  'container.yaml': stringify({
    compose: { packages: [...packages] },
    flibs: { parent, version: '1', smoke_test: { command: [...test] } },
  }),
  'gating.yaml': gating,
});

/** A definition by a Containerfile. */
export const containerfileImage = (...lines: readonly string[]): Files => ({
  Containerfile: `${lines.join('\n')}\n`,
  'container.yaml': stringify({
    flibs: { version: '1', smoke_test: { command: ['/bin/sh', '-c', 'true'] } },
  }),
  'gating.yaml': gating,
});

const gating = `--- !Policy
product_versions: [fedora-*]
decision_context: container_image_release
subject_type: container-image
rules:
  - !PassingTestCaseRule {test_case_name: flibs.smoke-test.functional}
`;
