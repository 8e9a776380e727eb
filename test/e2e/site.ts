/**
 * A small site: services of its own that can be taken away and brought back, one arch, two RPM repositories, definitions
 * that can be changed. Real parts all of them; only the periods are short.
 */
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import type { Arch } from '../../schemas/ids.ts';
import { exampleImagesDir } from '../../src/cli/demo/example-files.ts';
import { addNewerOpenssl } from '../../src/cli/demo/packages.ts';
import { signingKey } from '../../src/cli/demo/signing-key.ts';
import { busyboxCache, copyPackages } from '../build/example-packages.ts';
import { addSmallPackages, nvrOf, type SmallPackage } from '../build/small-packages.ts';
import type { Files } from './definitions.ts';
import { type Services, startServices } from './own-services.ts';

/** An installation of flibs at a site. */
export interface Instance {
  readonly instance: string;
  /** The only place where it may write. */
  readonly dataDirectory: string;
  readonly configFile: string;
}

export interface Site {
  readonly directory: string;
  /** Where flibs is started: empty. */
  readonly workingDirectory: string;
  /** Writes the configuration of an instance. Many can share a site. */
  configure(instance: string): Promise<Instance>;
  readonly services: Services;
  /** Writes folders of definitions anew, all at once. */
  define(images: Readonly<Record<string, Files>>): Promise<void>;
  /** As the examples have it. */
  defineExample(image: string): Promise<void>;
  undefine(...images: readonly string[]): Promise<void>;
  /** Puts `openssl-libs-<version>-1.fc40` into the repository. */
  addNewerOpenssl(version: string): Promise<void>;
  /** Puts packages that this makes into the first repository, of each arch unless some are named. */
  addPackages(packages: readonly SmallPackage[], on?: readonly Arch[]): Promise<void>;
  /** Takes them out again, wherever they are. */
  removePackages(packages: readonly SmallPackage[]): Promise<void>;
  /** Takes an RPM out of the first repository. @returns where it is now */
  takeAway(name: string): Promise<string>;
  /** Puts an RPM that was taken away back, as it was. */
  bringBack(file: string): Promise<void>;
  /** Puts an RPM into the second repository, signed or not, as it is. */
  offer(file: string): Promise<void>;
  remove(): Promise<void>;
}

const arch = 'x86_64';

export interface SiteOptions {
  /** Default: x86_64 alone. */
  readonly arches?: readonly Arch[];
  /** Seconds between two looks at the repositories that nobody asked for. */
  readonly repositoryInterval?: number;
  /** Hours that an arch waits for what another has on offer; as the distro release has it unless given. */
  readonly holdHours?: number;
}

interface Places {
  readonly directory: string;
  readonly definitions: string;
  readonly workingDirectory: string;
  readonly extraRepository: string;
  readonly repository: string;
}

const makePlaces = async (): Promise<Places> => {
  const directory = await mkdtemp(join(tmpdir(), 'flibs-e2e-site-'));
  const place = async (name: string): Promise<string> => {
    await mkdir(join(directory, name));
    return join(directory, name);
  };
  return {
    directory,
    definitions: await place('definitions'),
    workingDirectory: await place('cwd'),
    extraRepository: await place('extra'),
    repository: join(directory, 'repository'),
  };
};

/**
 * Services, packages and definitions; flibs itself is not started.
 *
 * @param images - taken from the examples
 */
export const aSite = async (images: readonly string[], options: SiteOptions = {}): Promise<Site> => {
  const { arches = [arch] } = options;
  const places = await makePlaces();
  const { directory, definitions } = places;
  const packages = {
    dataDir: join(directory, 'packages'),
    cacheDir: busyboxCache,
    repoDir: places.repository,
    arches,
  };
  const [services, { baseurl, keyFile }] = await Promise.all([
    startServices(join(directory, 'services')),
    copyPackages({ ...packages, openssl: { version: '3.2.1', release: '2' } }),
    createRepository(places.extraRepository),
    ...images.map((image) =>
      cp(join(exampleImagesDir(), image), join(definitions, image), { recursive: true }),
    ),
  ]);
  return {
    directory,
    workingDirectory: places.workingDirectory,
    configure: async (instance) => {
      const configFile = join(directory, `${instance}.yaml`);
      const dataDirectory = join(directory, 'data', instance);
      await mkdir(dataDirectory, { recursive: true });
      const content = siteConfig(places, services, {
        ...options,
        arches,
        baseurl,
        keyFile,
        instance,
        dataDirectory,
      });
      await writeFile(configFile, stringify(content), { mode: 0o600 });
      return { instance, dataDirectory, configFile };
    },
    services,
    ...changing(places),
    ...packagesOf(places, arches),
    addNewerOpenssl: async (version) => {
      await addNewerOpenssl({ ...packages, openssl: { version, release: '1' } });
    },
    remove: async () => {
      await Promise.all([services.rabbitmq, services.postgres, services.registry].map((one) => one.stop()));
      await rm(directory, { recursive: true, force: true });
    },
  };
};

interface OwnConfig extends SiteOptions, Omit<Instance, 'configFile'> {
  readonly arches: readonly Arch[];
  readonly baseurl: string;
  readonly keyFile: string;
}

const siteConfig = (
  { definitions, extraRepository }: Places,
  { rabbitmq, postgres, registry }: Services,
  { baseurl, keyFile, arches, ...own }: OwnConfig,
) => ({
  instance: own.instance,
  topic_prefix: 'org.fedoraproject.prod',
  data_directory: own.dataDirectory,
  bus: { url: rabbitmq.address },
  store: { url: postgres.address },
  registry: {
    candidate: `${registry.address}/${own.instance}/candidates`,
    release: `${registry.address}/${own.instance}/released`,
  },
  definitions: { kind: 'directory', path: definitions, interval: 2 },
  rebuild: { quiet_period: 0, maximum: 5 },
  leases: { announcement_period: 1, run: 6, job: 5 },
  worker: { arches, name: 'worker' },
  repositories: { interval: own.repositoryInterval ?? 300 },
  distro_releases: [
    {
      name: 'F40',
      productVersion: 'fedora-40',
      releasever: '40',
      branch: 'f40',
      arches,
      repositories: [
        { id: 'examples', baseurl, gpgkeys: [keyFile] },
        { id: 'extra', baseurl: `file://${extraRepository}`, gpgkeys: [keyFile] },
      ],
      koji: { tags: ['f40-updates'], buildTags: ['f40-build'] },
      ...(own.holdHours === undefined ? {} : { hold: { hours: own.holdHours } }),
    },
  ],
});

/** What people change at a site: definitions, and what repositories list. */
const changing = ({
  directory,
  definitions,
  extraRepository,
  repository,
}: Places): Pick<Site, 'define' | 'defineExample' | 'undefine' | 'takeAway' | 'bringBack' | 'offer'> => {
  const undefine = async (...images: readonly string[]): Promise<void> => {
    for (const image of images) await rm(join(definitions, image), { recursive: true, force: true });
  };
  return {
    undefine,
    define: async (images) => {
      // They appear whole: the loader may look at any moment.
      const beside = await mkdtemp(join(directory, 'defining-'));
      for (const [image, files] of Object.entries(images)) {
        await mkdir(join(beside, image));
        for (const [name, text] of Object.entries(files)) await writeFile(join(beside, image, name), text);
      }
      await undefine(...Object.keys(images));
      for (const image of Object.keys(images)) await rename(join(beside, image), join(definitions, image));
      await rm(beside, { recursive: true });
    },
    defineExample: async (image) => {
      await undefine(image);
      await cp(join(exampleImagesDir(), image), join(definitions, image), { recursive: true });
    },
    takeAway: async (name) => {
      const file = join(directory, name);
      await rename(join(repository, arch, name), file);
      await createRepository(join(repository, arch));
      return file;
    },
    bringBack: async (file) => {
      await rename(file, join(repository, arch, basename(file)));
      await createRepository(join(repository, arch));
    },
    offer: async (file) => {
      await cp(file, join(extraRepository, basename(file)));
      await createRepository(extraRepository);
    },
  };
};

/** Packages of any name, beside those of the examples. */
const packagesOf = (
  { directory, repository }: Places,
  arches: readonly Arch[],
): Pick<Site, 'addPackages' | 'removePackages'> => ({
  addPackages: async (packages, on = arches) => {
    const key = await signingKey(join(directory, 'packages'));
    for (const each of on) {
      await addSmallPackages(join(repository, each), packages, each, key);
      await createRepository(join(repository, each));
    }
  },
  removePackages: async (packages) => {
    for (const each of arches) {
      for (const small of packages)
        await rm(join(repository, each, `${nvrOf(small)}.${each}.rpm`), { force: true });
      await createRepository(join(repository, each));
    }
  },
});

const createRepository = async (directory: string): Promise<void> => {
  await execa('createrepo_c', ['--quiet', '--no-database', '--', directory]);
};
