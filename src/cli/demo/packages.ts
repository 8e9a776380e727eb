/** The demo's RPM repository: real, signed packages for each architecture, and a newer openssl when it is time. */
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Arch } from '../../../schemas/ids.ts';
import { runToSuccess } from '../../building/run-program.ts';
import { type GreeterBuild, modulesYaml, newGreeter, oldGreeter } from './example-module.ts';
import { fetchBusybox } from './foreign-busybox.ts';
import { buildRpms, type OpensslVersion } from './rpm-building.ts';
import { type SigningKey, signingKey, signRpms } from './signing-key.ts';

export interface ExamplePackages {
  /** Holds the signing key; kept between calls. */
  readonly dataDir: string;
  /** Holds the busybox binaries. Default: in `dataDir`. */
  readonly cacheDir?: string;
  /** `<repoDir>/<arch>/` becomes an RPM repository for each arch. */
  readonly repoDir: string;
  readonly openssl: OpensslVersion;
  readonly arches?: readonly Arch[];
  /** `%{dist}`. */
  readonly dist?: string;
  readonly say?: (text: string) => void;
}

export interface ExampleRepository {
  /** For a distro release's `baseurl`; `$basearch` stands for the arch. */
  readonly baseurl: string;
  /** For its `gpgkeys`. */
  readonly keyFile: string;
}

/** What the demo's four architectures are. */
export const demoArches: readonly Arch[] = ['x86_64', 'aarch64', 'ppc64le', 's390x'];

const archSpecs = ['busybox', 'openssl', 'tinyscript', 'mailer', 'static-tool', 'greeter'];
const noarchSpecs = ['webd'];

/** Builds, signs and publishes all example packages. Needs rpmbuild, rpmsign, gpg, createrepo_c; apt-get the first time. */
export const makePackages = (packages: ExamplePackages): Promise<ExampleRepository> =>
  publish(packages, archSpecs, noarchSpecs, [oldGreeter]);

/** Publishes a newer openssl-libs beside what is there, as an update that became stable. */
export const addNewerOpenssl = (packages: ExamplePackages): Promise<ExampleRepository> =>
  publish(packages, ['openssl'], [], [oldGreeter]);

/** Publishes a newer build of the greeter module beside what is there, as one that MBS says is ready. */
export const addNewerGreeter = (packages: ExamplePackages): Promise<ExampleRepository> =>
  publish(packages, ['greeter'], [], [oldGreeter, newGreeter]);

const publish = async (
  packages: ExamplePackages,
  specs: readonly string[],
  noarch: readonly string[],
  modules: readonly GreeterBuild[],
): Promise<ExampleRepository> => {
  const say = packages.say ?? (() => undefined);
  const arches = packages.arches ?? demoArches;
  await mkdir(packages.dataDir, { recursive: true, mode: 0o700 });
  const key = await signingKey(packages.dataDir);
  const busybox = specs.includes('busybox')
    ? await fetchBusybox(packages.cacheDir ?? join(packages.dataDir, 'busybox'), arches, say)
    : new Map<Arch, string>();
  const workDir = await mkdtemp(join(packages.dataDir, 'rpmbuild-'));
  try {
    say(`building ${[...specs, ...noarch].join(', ')} for ${arches.join(', ')}`);
    const dist = packages.dist ?? '.fc40';
    const greeter = modules.at(-1) ?? oldGreeter;
    const common = { workDir, openssl: packages.openssl, greeter, dist };
    const jobs: (() => Promise<readonly string[]>)[] = arches.map(
      (arch) => () => buildRpms({ ...common, specs, target: arch, busybox: only(busybox, arch) }),
    );
    if (noarch.length > 0)
      jobs.push(() => buildRpms({ ...common, specs: noarch, target: 'noarch', busybox: new Map() }));
    const files = await pairwise(jobs);
    await signRpms(key, files);
    for (const arch of arches) {
      const directory = join(packages.repoDir, arch);
      await copyRpms(directory, files, arch);
      await writeMetadata(directory, join(workDir, `metadata-${arch}`), modulesYaml(modules, arch, dist));
    }
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
  return repositoryOf(packages.repoDir, key);
};

/** Where packages were published. */
export const repositoryOf = (repoDir: string, key: SigningKey): ExampleRepository => ({
  baseurl: `file://${repoDir}/$basearch`,
  keyFile: key.publicFile,
});

const only = (busybox: ReadonlyMap<Arch, string>, arch: Arch): ReadonlyMap<Arch, string> =>
  new Map([...busybox].filter(([name]) => name === arch));

/** Two at a time: rpmbuild is one process, and the machine may be small. */
const pairwise = async (jobs: readonly (() => Promise<readonly string[]>)[]): Promise<readonly string[]> => {
  const files: string[] = [];
  for (let i = 0; i < jobs.length; i += 2) {
    const made = await Promise.all(jobs.slice(i, i + 2).map((job) => job()));
    files.push(...made.flat());
  }
  return files;
};

/** Each file appears whole. */
const copyRpms = async (directory: string, files: readonly string[], arch: Arch): Promise<void> => {
  await mkdir(directory, { recursive: true });
  for (const file of files) {
    const name = basename(file);
    if (!name.endsWith(`.${arch}.rpm`) && !name.endsWith('.noarch.rpm')) continue;
    const target = join(directory, name);
    await copyFile(file, `${target}.new`);
    await rename(`${target}.new`, target);
  }
};

/** Made aside and moved there, repomd.xml last: whoever looks meanwhile sees the state before, or this one. */
const writeMetadata = async (directory: string, aside: string, modules: string): Promise<void> => {
  const [from, to] = [join(aside, 'repodata'), join(directory, 'repodata')];
  for (const path of [aside, to]) await mkdir(path, { recursive: true });
  await runToSuccess({
    file: 'createrepo_c',
    args: ['--quiet', '--no-database', '--outputdir', aside, '--', directory],
  });
  await writeFile(join(aside, 'modules.yaml'), modules);
  await runToSuccess({
    file: 'modifyrepo_c',
    args: ['--mdtype', 'modules', join(aside, 'modules.yaml'), from],
  });
  const names = await readdir(from);
  for (const name of names.toSorted((a, b) => Number(a === 'repomd.xml') - Number(b === 'repomd.xml')))
    await rename(join(from, name), join(to, name));
};
