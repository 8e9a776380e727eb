/** Stands in for RPM repositories: what each arch's metadata lists at present. */
import type { Rpm } from '../../schemas/content.ts';
import type { Arch } from '../../schemas/ids.ts';
import type { readRepository } from '../../src/repos/read-repository.ts';
import { RepositoryError } from '../../src/repos/repository-error.ts';
import { evrCompare } from '../../src/rpm/evr.ts';
import { arches, digestOfText } from './fleet.ts';

export interface InMemoryRepositories {
  readonly read: typeof readRepository;
  /** Lists all packages of a source in this version, beside those that are listed already. */
  publish(source: string, version: string, on?: readonly Arch[]): void;
  /** The highest of a package that an arch's repository lists. */
  newest(name: string, arch: Arch): Rpm;
  /** Nothing can be read until it is mended by the same call without an error. */
  break(error?: string): void;
  /** Another one that lists the same. */
  copy(): InMemoryRepositories;
}

/** What is built from what. */
const packagesOf: Readonly<Record<string, readonly string[]>> = {
  glibc: ['glibc'],
  openssl: ['openssl', 'openssl-libs'],
  'python3.12': ['python3'],
  curl: ['curl'],
  nginx: ['nginx'],
  musl: ['musl'],
};

/** Version 1.0 of everything unless told otherwise. */
export const inMemoryRepositories = (from?: ReadonlyMap<Arch, readonly Rpm[]>): InMemoryRepositories => {
  const listed = new Map<Arch, Rpm[]>(arches.map((arch) => [arch, [...(from?.get(arch) ?? [])]]));
  const of = (arch: Arch): Rpm[] => listed.get(arch) ?? [];
  let broken: string | undefined;
  const publish: InMemoryRepositories['publish'] = (source, version, on = arches) => {
    for (const arch of on) {
      for (const name of packagesOf[source] ?? []) {
        const evr = { epoch: 0, version, release: '1.fc40' };
        of(arch).push({ ...evr, name, arch, sourceName: source, sourceEvr: `${version}-1.fc40` });
      }
    }
  };
  if (from === undefined) for (const source of Object.keys(packagesOf)) publish(source, '1.0');
  return {
    publish,
    newest: (name, arch) => {
      const [newest] = of(arch)
        .filter((rpm) => rpm.name === name)
        .sort((a, b) => evrCompare(b, a));
      if (newest === undefined) throw new Error(`no repository lists ${name} for ${arch}`);
      return newest;
    },
    copy: () => inMemoryRepositories(listed),
    break: (error) => {
      broken = error;
    },
    read: async ({ repository, arch, previous }, { onRpms }) => {
      if (broken !== undefined)
        throw new RepositoryError(
          'unreachable',
          { repository: repository.id, url: repository.baseurl },
          broken,
        );
      const rpms = of(arch).map((rpm) => ({ ...rpm, buildTime: 0 }));
      const repomdChecksum = digestOfText(JSON.stringify(rpms));
      if (previous?.repomdChecksum === repomdChecksum) return { unchanged: true };
      await onRpms(rpms);
      return { unchanged: false, revision: undefined, repomdChecksum };
    },
  };
};
