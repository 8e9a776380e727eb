/** Installing the distribution's packages as root, without starting the services that come with some of them. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { Distribution } from './distribution.ts';

const aptInstall = ['install', '--yes', '--no-install-recommends'];
const dnfInstall = ['install', '--assumeyes', '--setopt=install_weak_deps=False'];

/** For people: one shell command, to be run as root. */
export const updateAndInstallCommand = (family: Distribution, packages: readonly string[]): string =>
  family === 'debian'
    ? `apt-get update && apt-get ${aptInstall.join(' ')} ${packages.join(' ')}`
    : `dnf ${dnfInstall.join(' ')} ${packages.join(' ')}`;

/** Services that Debian starts and enables on installation. flibs runs its own instead. */
const unitsOf: Readonly<Record<string, readonly string[]>> = {
  'rabbitmq-server': ['rabbitmq-server.service'],
  'erlang-base': ['epmd.service', 'epmd.socket'],
  postgresql: ['postgresql.service'],
  'docker-registry': ['docker-registry.service'],
};

const policyFile = '/usr/sbin/policy-rc.d';
const policy = '#!/bin/sh\n# Written by flibs while it installs packages: start no services.\nexit 101\n';

/** Debian's way to forbid a package to start its service (invoke-rc.d(8), policy-rc.d). One that is there is kept. */
const withoutServices = async <T>(work: () => Promise<T>): Promise<T> => {
  const existing = await readFile(policyFile, 'utf8').catch(() => undefined);
  if (existing !== undefined && existing !== policy) {
    return work();
  }
  await writeFile(policyFile, policy, { mode: 0o755 });
  try {
    return await work();
  } finally {
    await rm(policyFile, { force: true });
  }
};

const aptGet = (args: readonly string[]) =>
  execa('apt-get', args, {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    all: true,
    reject: false,
    stdin: 'ignore',
  });

const installWithApt = async (packages: readonly string[], say: (line: string) => void): Promise<void> => {
  const lists = await readdir('/var/lib/apt/lists').catch(() => []);
  const neverUpdated = !lists.some((name) => name.includes('_Packages') || name.includes('Release'));
  let result = neverUpdated ? undefined : await aptGet([...aptInstall, '--', ...packages]);
  if (result === undefined || result.failed) {
    say('Reading the package lists anew (apt-get update).');
    await aptGet(['update']);
    result = await aptGet([...aptInstall, '--', ...packages]);
  }
  if (result.failed) {
    throw new Error(`apt-get could not install ${packages.join(', ')}:\n${result.all}`);
  }
};

const hasSystemd = (): boolean => existsSync('/usr/bin/systemctl');

/** An installation enables a service for the next boot even where it may not start it. */
const disableServices = async (packages: readonly string[], say: (line: string) => void): Promise<void> => {
  const units = packages.flatMap((name) => unitsOf[name] ?? []);
  if (units.length > 0 && hasSystemd()) {
    say(`Leaving the distribution's own services off: ${units.join(', ')}.`);
    for (const unit of units) {
      // Not every release of a package has each of them.
      await execa('systemctl', ['disable', unit], { reject: false });
    }
  }
};

const installWithDnf = async (packages: readonly string[]): Promise<void> => {
  const result = await execa('dnf', [...dnfInstall, ...packages], {
    all: true,
    reject: false,
    stdin: 'ignore',
  });
  if (result.failed) {
    throw new Error(`dnf could not install ${packages.join(', ')}:\n${result.all}`);
  }
};

/** @throws with what the package manager said. */
export const installPackages = async (
  family: Distribution,
  packages: readonly string[],
  say: (line: string) => void,
): Promise<void> => {
  say(`Installing ${packages.join(', ')}. This may take some minutes.`);
  if (family === 'fedora') {
    say('With dnf on Fedora: this has not been tried yet.');
    await installWithDnf(packages);
    return;
  }
  await withoutServices(() => installWithApt(packages, say));
  await disableServices(packages, say);
};
