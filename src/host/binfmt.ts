/** Programs of other architectures run on this host: the kernel hands them to qemu-user. */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Arch } from '../../schemas/ids.ts';

const directory = '/proc/sys/fs/binfmt_misc';
const configurations = '/usr/lib/binfmt.d';
const allArches: readonly Arch[] = ['x86_64', 'aarch64', 'ppc64le', 's390x'];
const archOfNode: Readonly<Record<string, Arch>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
  ppc64: 'ppc64le',
  s390x: 's390x',
};

/** The architectures that this host cannot run by itself. */
export const foreignArches = (): readonly Arch[] =>
  allArches.filter((arch) => arch !== archOfNode[process.arch]);

/** Debian's name of the entry and Fedora's. */
const namesFor = (arch: Arch): readonly string[] => [`qemu-${arch}`, `qemu-${arch}-static`];

/**
 * `P` keeps argv[0], without which busybox does not know its applet; `F` opens qemu at registration, so that it is
 * found from inside a root of another architecture.
 */
const isGood = (entry: string): boolean => /^enabled$/m.test(entry) && /^flags: (?=.*P)(?=.*F)/m.test(entry);

const readEntries = (arch: Arch): Promise<readonly { name: string; entry: string }[]> =>
  Promise.all(
    namesFor(arch).map(async (name) => ({
      name,
      entry: await readFile(join(directory, name), 'utf8').catch(() => ''),
    })),
  );

/** Which foreign architectures' programs would not run in a root of theirs. */
export const unregisteredArches = async (): Promise<readonly Arch[]> => {
  const missing: Arch[] = [];
  for (const arch of foreignArches()) {
    if (!(await readEntries(arch)).some(({ entry }) => isGood(entry))) {
      missing.push(arch);
    }
  }
  return missing;
};

const isMounted = (): boolean => existsSync(join(directory, 'register'));

const mount = async (): Promise<void> => {
  if (isMounted()) {
    return;
  }
  await execa('modprobe', ['binfmt_misc'], { reject: false });
  const { failed, stderr } = await execa('mount', ['-t', 'binfmt_misc', 'none', directory], {
    reject: false,
  });
  if (failed && !isMounted()) {
    throw new Error(
      `cannot mount ${directory}, without which programs of other architectures do not run: ${stderr}`,
    );
  }
};

/** `:name:type:offset:magic:mask:interpreter:flags` (kernel, Documentation/admin-guide/binfmt-misc.rst). */
const withNeededFlags = (line: string): string => {
  const fields = line.split(line.charAt(0));
  const flags = new Set([...(fields[7] ?? ''), 'P', 'F']);
  return [...fields.slice(0, 7), [...flags].join('')].join(line.charAt(0));
};

const lineFor = async (arch: Arch): Promise<string> => {
  const files = await readdir(configurations).catch(() => []);
  const file = files.find((candidate) => namesFor(arch).some((name) => candidate === `${name}.conf`));
  const text = file === undefined ? '' : await readFile(join(configurations, file), 'utf8');
  const line = text.split('\n').find((candidate) => candidate.startsWith(':'));
  if (line === undefined) {
    throw new Error(`no qemu-${arch} in ${configurations}; install the package qemu-user-static`);
  }
  return withNeededFlags(line.trim());
};

/** Registers qemu-user for one architecture; as root. An entry with other flags is replaced. */
const register = async (arch: Arch): Promise<void> => {
  const line = await lineFor(arch);
  for (const { name, entry } of await readEntries(arch)) {
    if (entry !== '') {
      await writeFile(join(directory, name), '-1');
    }
  }
  await writeFile(join(directory, 'register'), line);
};

/**
 * Makes programs of these architectures run on this host. Lasts until it is booted again.
 *
 * @throws when the kernel does not allow it: in a container without the privilege, for one.
 */
export const registerArches = async (arches: readonly Arch[]): Promise<void> => {
  await mount();
  for (const arch of arches) {
    await register(arch);
  }
  const still = await unregisteredArches();
  if (still.length > 0) {
    throw new Error(`qemu-user is registered in ${directory}, but not as needed for ${still.join(', ')}`);
  }
};

/** What programs can be run here: this host's own arch, and those that an emulator is registered for. */
export const runnableArches = async (): Promise<readonly Arch[]> => {
  const missing = await unregisteredArches();
  return allArches.filter((arch) => !missing.includes(arch));
};
