/** Gets Debian's static busybox of each architecture, through an apt of its own: the host's dpkg knows nothing of it. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arch } from '../../../schemas/ids.ts';
import { runToSuccess } from '../../building/run-program.ts';

/** Debian's names of the demo's architectures. */
const debianArches: Partial<Record<Arch, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  ppc64le: 'ppc64el',
  s390x: 's390x',
};

/**
 * The path of a static busybox for each arch, from `cacheDir` where it was fetched before, else from the mirror that
 * the host's apt uses.
 * @throws Error when apt is absent, its mirror cannot be reached, or it has no such architecture.
 */
export const fetchBusybox = async (
  cacheDir: string,
  arches: readonly Arch[],
  say: (text: string) => void,
): Promise<ReadonlyMap<Arch, string>> => {
  await mkdir(cacheDir, { recursive: true });
  const wanted = new Map(arches.map((arch) => [arch, join(cacheDir, `busybox-${arch}`)]));
  const missing = arches.filter((arch) => !existsSync(wanted.get(arch) ?? ''));
  if (missing.length === 0) return wanted;
  say(`fetching busybox-static for ${missing.join(', ')} from Debian's mirror`);
  // Others may be fetching the same at this moment.
  const aptDir = await mkdtemp(join(cacheDir, 'apt-'));
  try {
    await download(aptDir, missing);
    for (const arch of missing) await unpack(aptDir, arch, join(cacheDir, `busybox-${arch}`));
  } finally {
    await rm(aptDir, { recursive: true, force: true });
  }
  return wanted;
};

const debianArch = (arch: Arch): string => {
  const name = debianArches[arch];
  if (name === undefined) throw new Error(`the demo has no busybox for ${arch}`);
  return name;
};

/** The host's own Debian mirror and suite, as apt tells them. */
const debianSource = async (): Promise<string> => {
  const format = '$(ORIGIN)\t$(COMPONENT)\t$(REPO_URI)\t$(RELEASE)';
  const listed = await runToSuccess({
    file: 'apt-get',
    args: ['indextargets', '--format', format, 'Created-By: Packages'],
  });
  for (const line of listed.stdout.split('\n')) {
    const [origin, component, uri, release] = line.split('\t');
    if (origin === 'Debian' && component === 'main') return `${uri} ${release} main`;
  }
  throw new Error(
    "apt knows no Debian mirror: run `apt-get update`, or add Debian's main component to its sources",
  );
};

const download = async (aptDir: string, arches: readonly Arch[]): Promise<void> => {
  for (const name of ['state/lists/partial', 'cache/archives/partial', 'debs']) {
    await mkdir(join(aptDir, name), { recursive: true });
  }
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const signedBy = existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
  await writeFile(join(aptDir, 'sources.list'), `deb ${signedBy}${await debianSource()}\n`);
  await writeFile(join(aptDir, 'status'), '');
  const debian = arches.map(debianArch);
  const options = [
    `Dir::State=${aptDir}/state`,
    `Dir::State::status=${aptDir}/status`,
    `Dir::Cache=${aptDir}/cache`,
    `Dir::Etc::sourcelist=${aptDir}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    'Acquire::Languages=none',
    'Acquire::Retries=3',
    // The unprivileged user of apt may not write into our directory.
    'APT::Sandbox::User=root',
    'APT::Update::Error-Mode=any',
    `APT::Architecture=${debian[0]}`,
    ...debian.map((name) => `APT::Architectures::=${name}`),
  ].flatMap((option) => ['-o', option]);
  await runToSuccess({ file: 'apt-get', args: [...options, '-q', 'update'] });
  const packages = debian.map((name) => `busybox-static:${name}`);
  await runToSuccess({
    file: 'apt-get',
    args: [...options, '-q', 'download', ...packages],
    cwd: join(aptDir, 'debs'),
  });
};

const unpack = async (aptDir: string, arch: Arch, target: string): Promise<void> => {
  const debs = join(aptDir, 'debs');
  const deb = (await readdir(debs)).find((name) => name.endsWith(`_${debianArch(arch)}.deb`));
  if (deb === undefined) throw new Error(`apt-get download left no busybox-static for ${arch}`);
  const root = join(aptDir, `root-${arch}`);
  await runToSuccess({ file: 'dpkg-deb', args: ['--extract', join(debs, deb), root] });
  const found = existsSync(join(root, 'bin/busybox')) ? 'bin/busybox' : 'usr/bin/busybox';
  const complete = join(aptDir, `busybox-${arch}`);
  await copyFile(join(root, found), complete);
  await rename(complete, target);
};
