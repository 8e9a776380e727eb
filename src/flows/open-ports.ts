/** The ports of a process that has the store. */
import { openRegistry, type Registry } from '../registry/registry.ts';
import type { Store } from '../store/connect.ts';
import { readForeign } from './contents/read-foreign.ts';
import { type DefinitionsOptions, loadDefinitions } from './defining/load-definitions.ts';
import { lookAtBase } from './looking/look-at-base.ts';
import { lookAtRepository } from './looking/look-at-repository.ts';
import type { Ports, RegistryPort } from './ports.ts';
import { tagsToCheck } from './releasing/tags-to-check.ts';

export interface PortsOptions
  extends Pick<DefinitionsOptions, 'source' | 'distroReleases' | 'rules' | 'policies' | 'settings'> {
  readonly store: Store;
  /** Plain HTTP for registries that are not on loopback. */
  readonly insecure: boolean;
}

export const openPorts = (options: PortsOptions): Ports => {
  const { store, insecure } = options;
  const registry = registries(insecure);
  return {
    registry,
    lookAt: (look, signal) => lookAtRepository(store, look, signal),
    lookAtBase: (look, signal) => lookAtBase(store, registry, look, signal),
    readForeign: (adoption, signal) => readForeign(store, registry, adoption, signal),
    loadDefinitions: () => loadDefinitions({ ...options, registry }),
    desiredTag: async (repository, name) => {
      const row = await store.db
        .selectFrom('tag')
        .select('desired')
        .where('repository', '=', repository)
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.desired;
    },
    tagsToCheck: () => tagsToCheck(store.db),
  };
};

/** One client an address. `host:port/path` names a repository in the registry at `host:port`. */
export const registries = (insecure: boolean): RegistryPort['registry'] => {
  const open = new Map<string, Registry>();
  return (place) => {
    const slash = place.indexOf('/');
    const address = place.slice(0, slash);
    const registry = open.get(address) ?? openRegistry({ address, ...(insecure ? { insecure } : {}) });
    open.set(address, registry);
    return { registry, repository: place.slice(slash + 1) };
  };
};
