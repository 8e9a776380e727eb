/** What flibs needs of the host, and whether it is there. */
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Arch } from '../../schemas/ids.ts';
import { registerArches, unregisteredArches } from './binfmt.ts';
import { type Distribution, distribution } from './distribution.ts';
import { installPackages, updateAndInstallCommand } from './package-installation.ts';
import { installedPostgres } from './postgres-installation.ts';
import { findRabbitMq } from './rabbitmq-installation.ts';

export interface Prerequisite {
  /** What it is for, in a few words. */
  readonly purpose: string;
  /** The package that brings it, by distribution. */
  readonly package: Readonly<Record<Distribution, string>>;
  readonly isThere: () => Promise<boolean>;
}

export interface MissingPrerequisites {
  readonly packages: readonly Prerequisite[];
  /** Whose programs the kernel does not hand to qemu-user. */
  readonly arches: readonly Arch[];
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** One of these programs lies where programs lie, root's places included. */
const program =
  (...names: readonly string[]) =>
  async (): Promise<boolean> => {
    const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/bin', '/usr/sbin', '/bin', '/sbin'];
    const paths = folders
      .filter((folder) => folder !== '')
      .flatMap((folder) => names.map((name) => join(folder, name)));
    return (await Promise.all(paths.map(isExecutable))).includes(true);
  };

const found = (lookUp: () => Promise<unknown>) => (): Promise<boolean> =>
  lookUp().then(
    () => true,
    () => false,
  );

// The python3 that comes first on the PATH may not be the distribution's.
const dnfForPython = async (): Promise<boolean> =>
  !(await execa('/usr/bin/python3', ['-c', 'import dnf'], { reject: false })).failed;

const same = (name: string): Prerequisite['package'] => ({ debian: name, fedora: name });

export const prerequisites: readonly Prerequisite[] = [
  { purpose: 'the message broker', package: same('rabbitmq-server'), isThere: found(findRabbitMq) },
  {
    purpose: "the broker's port mapper",
    package: { debian: 'erlang-base', fedora: 'erlang-erts' },
    isThere: program('epmd'),
  },
  {
    purpose: 'the store',
    package: { debian: 'postgresql', fedora: 'postgresql-server' },
    isThere: async () => (await installedPostgres()).length > 0,
  },
  {
    purpose: 'the registry',
    package: { debian: 'docker-registry', fedora: 'docker-distribution' },
    isThere: program('docker-registry', 'registry'),
  },
  { purpose: 'children that end with flibs', package: same('util-linux'), isThere: program('setpriv') },
  { purpose: 'the lock of a data directory', package: same('util-linux'), isThere: program('flock') },
  { purpose: 'building images', package: same('buildah'), isThere: program('buildah') },
  { purpose: 'copying images', package: same('skopeo'), isThere: program('skopeo') },
  { purpose: 'running what a Containerfile runs', package: same('runc'), isThere: program('runc') },
  {
    purpose: 'programs of other architectures',
    package: same('qemu-user-static'),
    isThere: program('qemu-s390x-static', 'qemu-aarch64-static'),
  },
  { purpose: 'reading RPM databases', package: same('rpm'), isThere: program('rpm') },
  { purpose: 'making RPMs', package: { debian: 'rpm', fedora: 'rpm-build' }, isThere: program('rpmbuild') },
  { purpose: 'signing RPMs', package: { debian: 'rpm', fedora: 'rpm-sign' }, isThere: program('rpmsign') },
  { purpose: 'installing packages into images', package: same('dnf'), isThere: program('dnf') },
  { purpose: 'asking what an image would get', package: same('python3-dnf'), isThere: dnfForPython },
  {
    purpose: 'making RPM repositories',
    package: { debian: 'createrepo-c', fedora: 'createrepo_c' },
    isThere: program('createrepo_c'),
  },
  {
    purpose: 'adding modules to RPM repositories',
    package: { debian: 'createrepo-c', fedora: 'createrepo_c' },
    isThere: program('modifyrepo_c'),
  },
  {
    purpose: 'unpacking metadata in xz',
    package: { debian: 'xz-utils', fedora: 'xz' },
    isThere: program('xz'),
  },
  { purpose: 'unpacking metadata in zstd', package: same('zstd'), isThere: program('zstd') },
  { purpose: 'unpacking metadata in bzip2', package: same('bzip2'), isThere: program('bzip2') },
  {
    purpose: 'RPM databases whose bytes repeat',
    package: { debian: 'sqlite3', fedora: 'sqlite' },
    isThere: program('sqlite3'),
  },
  { purpose: 'definitions in git', package: same('git'), isThere: program('git') },
  { purpose: 'signatures', package: { debian: 'gnupg', fedora: 'gnupg2' }, isThere: program('gpg') },
];

/** What is needed and not there. Asks the host only for what is installed; changes nothing. */
export const missingPrerequisites = async (): Promise<MissingPrerequisites> => {
  const there = await Promise.all(prerequisites.map((one) => one.isThere()));
  return {
    packages: prerequisites.filter((_, index) => there[index] === false),
    arches: await unregisteredArches(),
  };
};

const packageNames = (missing: MissingPrerequisites, family: Distribution): readonly string[] => [
  ...new Set(missing.packages.map((one) => one.package[family])),
];

/** One shell command that a person can run as root to get everything that is missing. */
export const remedy = (missing: MissingPrerequisites, family: Distribution): string => {
  const packages = packageNames(missing, family);
  const registered = '/proc/sys/fs/binfmt_misc';
  const steps = [
    ...(packages.length === 0 ? [] : [updateAndInstallCommand(family, packages)]),
    ...(missing.arches.length === 0
      ? []
      : [
          `{ [ -e ${registered}/register ] || mount -t binfmt_misc none ${registered}; }`,
          `for a in ${missing.arches.join(' ')}; do cat /usr/lib/binfmt.d/qemu-$a*.conf > ${registered}/register; done`,
        ]),
  ];
  return `sudo sh -c '${steps.join(' && ')}'`;
};

const describe = (missing: MissingPrerequisites, family: Distribution): string =>
  [
    ...missing.packages.map((one) => `  ${one.package[family]}: ${one.purpose}`),
    ...(missing.arches.length === 0
      ? []
      : [`  running programs of ${missing.arches.join(', ')} through qemu-user`]),
  ].join('\n');

export interface EnsureOptions {
  /** False: nothing is changed; what is missing is an error. */
  readonly install: boolean;
  /** Takes lines for people, before anything is done. */
  readonly say: (line: string) => void;
}

/**
 * Sees to it that the host has what flibs needs to build. As root it installs and registers what is missing, having said
 * so.
 *
 * @throws when something is missing and may not be or could not be installed, with the one command to run; and for
 * anybody but root, who could not build.
 */
export const ensurePrerequisites = async (options: EnsureOptions): Promise<void> => {
  await ensureInstalled(options);
  if (process.getuid?.() !== 0)
    throw new Error(
      'images are built as root: buildah mounts them, dnf installs into them. Run it again as root (sudo)',
    );
};

const ensureInstalled = async ({ install, say }: EnsureOptions): Promise<void> => {
  const missing = await missingPrerequisites();
  if (missing.packages.length === 0 && missing.arches.length === 0) {
    return;
  }
  const family = await distribution();
  if (!install || process.getuid?.() !== 0) {
    const why = install ? 'Only root can install it' : 'Installing was not allowed';
    throw new Error(
      `this host lacks:\n${describe(missing, family)}\n${why}. Run this, then try again:\n  ${remedy(missing, family)}`,
    );
  }
  say(`This host lacks:\n${describe(missing, family)}`);
  await supply(missing, family, say);
};

const supply = async (
  missing: MissingPrerequisites,
  family: Distribution,
  say: (line: string) => void,
): Promise<void> => {
  if (missing.packages.length > 0) {
    await installPackages(family, packageNames(missing, family), say);
  }
  // Asked again: a package may have registered what it brought.
  const arches = await unregisteredArches();
  if (arches.length > 0) {
    say(`Registering qemu-user in /proc/sys/fs/binfmt_misc for ${arches.join(', ')} (until the next boot).`);
    await registerArches(arches);
  }
  const still = await missingPrerequisites();
  if (still.packages.length > 0) {
    throw new Error(`still missing after the installation:\n${describe(still, family)}`);
  }
};
