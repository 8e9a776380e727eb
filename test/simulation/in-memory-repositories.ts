/** Stands in for RPM repositories: what each arch's metadata lists at present. */
import { ModuleLabel, type Rpm } from '../../schemas/content.ts';
import type { Arch } from '../../schemas/ids.ts';
import type { Severity } from '../../schemas/nomination.ts';
import type { readRepository } from '../../src/repos/read-repository.ts';
import { RepositoryError } from '../../src/repos/repository-error.ts';
import { evrCompare } from '../../src/rpm/evr.ts';
import { arches, digestOfText } from './fleet.ts';

export interface InMemoryRepositories {
  readonly read: typeof readRepository;
  /** Lists all packages of a source in this version, or these of them, beside those that are listed already. */
  publish(source: string, version: string, on?: readonly Arch[], packages?: readonly string[]): void;
  /** Lists a security update of what is on offer of a source in this version; again, to say another severity of it. */
  listAdvisory(source: string, version: string, severity?: Severity): void;
  /** Lists this version of a source no longer. */
  withdraw(source: string, version: string, on?: readonly Arch[]): void;
  /** Lists a build of a module, `name:stream:version:context`; it brings a package of its name. */
  listModule(label: string, on?: readonly Arch[]): void;
  /** The package of the module's newest build. */
  newestOfModule(module: string, arch: Arch): Rpm;
  /** The highest of a package that an arch's repository lists. */
  newest(name: string, arch: Arch): Rpm;
  /** Nothing can be read until it is mended by the same call without an error. */
  break(error?: string): void;
  readonly state: RepositoriesState;
}

/** What is listed, but for advisories; others may begin with it. */
export interface RepositoriesState {
  readonly rpms: ReadonlyMap<Arch, readonly Rpm[]>;
  readonly modules: readonly ListedModule[];
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

interface ListedModule {
  readonly label: ModuleLabel;
  readonly on: readonly Arch[];
}

const packageOf = (label: ModuleLabel, arch: Arch): Rpm => {
  const [name = '', , version = ''] = label.split(':');
  return { name, epoch: 0, version, release: '1', arch, sourceName: name, sourceEvr: `${version}-1` };
};

/** Version 1.0 of everything unless told otherwise. */
export const inMemoryRepositories = (from?: RepositoriesState): InMemoryRepositories => {
  const modules = [...(from?.modules ?? [])];
  const advisories = new Map<string, { readonly version: string; readonly severity: Severity }>();
  const listed = new Map<Arch, Rpm[]>(arches.map((arch) => [arch, [...(from?.rpms.get(arch) ?? [])]]));
  const of = (arch: Arch): Rpm[] => listed.get(arch) ?? [];
  const modulesOf = (arch: Arch) => modules.flatMap(({ label, on }) => (on.includes(arch) ? [label] : []));
  let broken: string | undefined;
  const publish: InMemoryRepositories['publish'] = (source, version, on = arches, packages) => {
    for (const arch of on) {
      for (const name of packages ?? packagesOf[source] ?? []) {
        const evr = { epoch: 0, version, release: '1.fc40' };
        of(arch).push({ ...evr, name, arch, sourceName: source, sourceEvr: `${version}-1.fc40` });
      }
    }
  };
  if (from === undefined) for (const source of Object.keys(packagesOf)) publish(source, '1.0');
  return {
    publish,
    withdraw: (source, version, on = arches) => {
      for (const arch of on) {
        const left = of(arch).filter((rpm) => rpm.sourceName !== source || rpm.version !== version);
        listed.set(arch, left);
      }
    },
    listModule: (label, on = arches) => {
      modules.push({ label: ModuleLabel.parse(label), on });
    },
    listAdvisory: (source, version, severity = 'important') => {
      advisories.set(source, { version, severity });
    },
    newestOfModule: (module, arch) => {
      const label = modulesOf(arch)
        .filter((each) => each.startsWith(`${module}:`))
        .sort()
        .at(-1);
      if (label === undefined) throw new Error(`no repository lists module ${module}`);
      return { ...packageOf(label, arch), module: label };
    },
    newest: (name, arch) => {
      const [newest] = of(arch)
        .filter((rpm) => rpm.name === name)
        .sort((a, b) => evrCompare(b, a));
      if (newest === undefined) throw new Error(`no repository lists ${name} for ${arch}`);
      return newest;
    },
    state: { rpms: listed, modules },
    break: (error) => {
      broken = error;
    },
    read: async ({ repository, arch, previous }, { onRpms, onModule, onAdvisories }) => {
      if (broken !== undefined)
        throw new RepositoryError(
          'unreachable',
          { repository: repository.id, url: repository.baseurl },
          broken,
        );
      const rpms = of(arch).map((rpm) => ({ ...rpm, buildTime: 0 }));
      const labels = modulesOf(arch);
      const repomdChecksum = digestOfText(JSON.stringify([rpms, labels, ...advisories]));
      if (previous?.repomdChecksum === repomdChecksum) return { unchanged: true };
      await onRpms([...rpms, ...labels.map((label) => ({ ...packageOf(label, arch), buildTime: 0 }))]);
      for (const label of labels) {
        const brought = [packageOf(label, arch)];
        await onModule({ kind: 'module', label, arch: undefined, profiles: {}, rpms: brought });
      }
      await onAdvisories(
        [...advisories].map(([source, { version, severity }]) => ({
          id: `FEDORA-2026-${source}`,
          type: 'security',
          severity,
          issuedAt: undefined,
          rpms: of(arch).filter((rpm) => rpm.sourceName === source && rpm.version === version),
        })),
      );
      return { unchanged: false, revision: undefined, repomdChecksum };
    },
  };
};
