/**
 * dnf for images that have none: `RUN dnf install` runs the host's dnf, natively, on the container's own root.
 *
 * The host's /usr is mounted read-only and its programs are started through its own dynamic loader, so that neither
 * the image's C library nor its architecture matters; scriptlets run in the image as always.
 */
import { chmod, mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Arch } from '../../schemas/ids.ts';
import { guestDir } from './repository-files.ts';
import { runToSuccess } from './run-program.ts';

/** How to start the host's programs inside a container. Paths are below the mounted /usr. */
export interface HostPrograms {
  readonly loader: string;
  readonly libraryPath: string;
  readonly python: string;
  readonly dnf: string;
  /** dnf 4 is a Python script, dnf 5 a program. */
  readonly dnfIsScript: boolean;
  readonly rpmkeys: string;
}

const hostUsr = `${guestDir}/usr`;

/** Finds them on this host. @throws Error when one lies outside /usr. */
export const findHostPrograms = async (): Promise<HostPrograms> => {
  const dnf = await belowUsr('/usr/bin/dnf');
  const start = (await readFile(`/usr${dnf}`)).subarray(0, 2).toString('latin1');
  return {
    loader: await findLoader(),
    libraryPath: await findLibraryPath(),
    python: await belowUsr('/usr/bin/python3'),
    dnf,
    dnfIsScript: start === '#!',
    rpmkeys: await belowUsr('/usr/bin/rpmkeys'),
  };
};

const belowUsr = async (path: string): Promise<string> => {
  const real = await realpath(path);
  if (!real.startsWith('/usr/')) throw new Error(`${path} lies outside /usr: ${real}`);
  return real.slice('/usr'.length);
};

const findLoader = async (): Promise<string> => {
  for (const directory of ['/lib64', '/lib']) {
    const names = await readdir(directory).catch(() => []);
    const loader = names.find((name) => /^ld-linux.*\.so\.[0-9]+$|^ld64\.so\.[0-9]+$/.test(name));
    if (loader !== undefined) return belowUsr(join(directory, loader));
  }
  throw new Error('no dynamic loader in /lib64 or /lib');
};

/** Directories of the system's libraries, as the loader's cache has them; what lies elsewhere is not dnf's. */
const findLibraryPath = async (): Promise<string> => {
  const { stdout } = await runToSuccess({ file: 'ldconfig', args: ['-p'] });
  const directories = new Set<string>();
  for (const [, path] of stdout.matchAll(/=> (\/\S+)$/gm)) {
    const real = await realpath(dirname(path ?? '/')).catch(() => '/');
    if (/^\/usr\/lib(?:64|32)?(?:\/[a-z0-9_]+-linux-gnu[a-z0-9]*)?$/.test(real))
      directories.add(`${hostUsr}${real.slice(4)}`);
  }
  return [...directories].join(':');
};

/** The line that starts a host program in the container. */
export const hostProgram = (programs: HostPrograms, path: string): readonly string[] => [
  `${hostUsr}${programs.loader}`,
  '--library-path',
  programs.libraryPath,
  `${hostUsr}${path}`,
];

export interface GuestDnf {
  readonly arch: Arch;
  readonly releasever: string;
  readonly sourceDateEpoch: number;
  readonly keyFiles: readonly string[];
}

/**
 * Writes the stand-in and what it needs into `directory`/bin.
 * @returns the path of the script that is to appear as `/usr/bin/dnf`.
 */
export const writeGuestDnf = async (
  directory: string,
  programs: HostPrograms,
  guest: GuestDnf,
): Promise<string> => {
  const bin = join(directory, 'bin');
  await mkdir(bin, { recursive: true });
  const keys = guest.keyFiles.map((file) => `${guestDir}/keys/${file.split('/').at(-1)}`);
  const dnf = programs.dnfIsScript
    ? [...hostProgram(programs, programs.python), `${hostUsr}${programs.dnf}`]
    : hostProgram(programs, programs.dnf);
  const common = `export HOME=${guestDir}/home RPM_CONFIGDIR=${hostUsr}/lib/rpm LC_ALL=C PYTHONUTF8=1\n`;
  await writeScript(
    join(bin, 'rpmkeys'),
    `${common}exec ${hostProgram(programs, programs.rpmkeys).join(' ')} "$@"\n`,
  );
  const options = [
    `--config=${guestDir}/dnf.conf`,
    `--forcearch=${guest.arch}`,
    `--releasever=${singleWord(guest.releasever)}`,
    '--noplugins',
  ];
  // Keys go in first: dnf would ask gpg for them, which the image need not have.
  await writeScript(
    join(bin, 'dnf'),
    `${common}export PATH=${guestDir}/bin:$PATH PYTHONHOME=${hostUsr} PYTHONDONTWRITEBYTECODE=1
export SOURCE_DATE_EPOCH=${guest.sourceDateEpoch}
${keys.map((key) => `rpmkeys --import ${key} || exit 1\n`).join('')}exec ${dnf.join(' ')} ${options.join(' ')} "$@"\n`,
  );
  return join(bin, 'dnf');
};

const writeScript = async (path: string, body: string): Promise<void> => {
  await writeFile(path, `#!/bin/sh\n${body}`);
  await chmod(path, 0o755);
};

const singleWord = (text: string): string => {
  if (!/^[A-Za-z0-9._-]+$/.test(text)) throw new Error(`not usable as releasever: ${JSON.stringify(text)}`);
  return text;
};
