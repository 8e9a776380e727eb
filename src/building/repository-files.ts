/** The repository file and keys that dnf gets: the distro release's repositories for the arch, and nothing else. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildCommand } from '../../schemas/commands/run.ts';
import type { Arch } from '../../schemas/ids.ts';
import { gateUrl } from './gate-port.ts';

type Repositories = BuildCommand['repositories'];

export interface RepositoryFiles {
  /** Directory with the one `.repo` file. */
  readonly reposDir: string;
  readonly keyFiles: readonly string[];
  /** dnf.conf: everything that would otherwise be the host's. */
  readonly config: string;
}

/** `$basearch` is written out, because rpm's own idea of it is the host's. */
export const baseurlFor = (baseurl: string, arch: Arch): string =>
  baseurl.replaceAll('$basearch', arch).replaceAll('$arch', arch);

/** dnf's configuration: the newest or an error, signatures checked, no documentation, nothing recommended. */
const dnfConf = (extra: string): string => `[main]
gpgcheck=1
localpkg_gpgcheck=1
best=1
skip_if_unavailable=0
install_weak_deps=0
tsflags=nodocs
plugins=0
keepcache=0
retries=2
timeout=30
${extra}`;

const section = (
  repository: { id: string; baseurl: string },
  keyUrls: readonly string[],
): string => `[${repository.id}]
name=${repository.id}
baseurl=${repository.baseurl}
enabled=1
gpgcheck=1
gpgkey=${keyUrls.join('\n       ')}
metadata_expire=1
`;

/** A value that could end its line would smuggle in another setting. */
const singleLine = (text: string): string => {
  if (/[\r\n]/.test(text))
    throw new Error(`a repository's address has a newline in it: ${JSON.stringify(text)}`);
  return text;
};

/** For dnf on the host, which is to go through the gate to what is no directory. */
export const writeHostRepositories = (
  directory: string,
  repositories: Repositories,
  arch: Arch,
): Promise<RepositoryFiles> =>
  write(directory, repositories, {
    baseurl: (repository) =>
      isLocal(repository) ? baseurlFor(repository.baseurl, arch) : gateUrl(repository.id),
    keyUrl: (file) => `file://${join(directory, 'keys', file)}`,
    config: '',
  });

/** Where things are mounted in a build's containers. */
export const guestDir = '/run/flibs';

/** For dnf without network: `file:` repositories mounted under {@link guestDir}, all others through the gate. */
export const writeGuestRepositories = (
  directory: string,
  repositories: Repositories,
): Promise<RepositoryFiles> =>
  write(directory, repositories, {
    baseurl: (repository) =>
      isLocal(repository) ? `file://${guestDir}/repositories/${repository.id}` : gateUrl(repository.id),
    keyUrl: (file) => `file://${guestDir}/keys/${file}`,
    config: `cachedir=${guestDir}/cache\nlogdir=${guestDir}/cache\nvarsdir=${guestDir}/cache\nreposdir=/etc/yum.repos.d\n`,
  });

export const isLocal = ({ baseurl }: { baseurl: string }): boolean => baseurl.startsWith('file:');

/** `source:target:ro` of each local repository. */
export const repositoryMounts = (repositories: Repositories, arch: Arch): readonly string[] =>
  repositories
    .filter(isLocal)
    .map(
      ({ id, baseurl }) => `${fileURLToPath(baseurlFor(baseurl, arch))}:${guestDir}/repositories/${id}:ro`,
    );

interface Form {
  readonly baseurl: (repository: { id: string; baseurl: string }) => string;
  readonly keyUrl: (file: string) => string;
  readonly config: string;
}

const write = async (directory: string, repositories: Repositories, form: Form): Promise<RepositoryFiles> => {
  const [reposDir, keysDir] = [join(directory, 'repos'), join(directory, 'keys')];
  for (const path of [reposDir, keysDir]) await mkdir(path, { recursive: true });
  const sections: string[] = [];
  const keyFiles: string[] = [];
  for (const { id, baseurl, keys } of repositories) {
    const files = keys.map((_, at) => `${id}-${at}.asc`);
    for (const [at, key] of keys.entries()) await writeFile(join(keysDir, `${id}-${at}.asc`), key);
    keyFiles.push(...files.map((file) => join(keysDir, file)));
    sections.push(
      section({ id, baseurl: singleLine(form.baseurl({ id, baseurl })) }, files.map(form.keyUrl)),
    );
  }
  await writeFile(join(reposDir, 'flibs.repo'), sections.join('\n'));
  const config = join(directory, 'dnf.conf');
  await writeFile(config, dnfConf(form.config));
  return { reposDir, keyFiles, config };
};
