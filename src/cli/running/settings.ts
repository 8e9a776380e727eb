/** What the flows and their ports need of a configuration. */
import type { Config } from '../../config/load.ts';
import type { PortsOptions } from '../../flows/open-ports.ts';
import type { Settings } from '../../flows/settings.ts';
import type { Store } from '../../store/connect.ts';
import type { Addresses } from './addresses.ts';

export const settingsOf = (config: Config, addresses: Addresses): Settings => ({
  instance: config.instance,
  topicPrefix: config.topic_prefix,
  candidateRegistry: addresses.candidateRegistry,
  releaseRegistry: addresses.releaseRegistry,
  rebuild: { quietPeriod: config.rebuild.quiet_period, maximum: config.rebuild.maximum },
  repositoryInterval: config.repositories.interval,
  reconcileInterval: config.rebuild.reconcile_interval,
  definitionsInterval: config.definitions.interval,
  worker: { heartbeat: config.leases.announcement_period, lease: config.leases.run },
  jobLease: config.leases.job,
  observe: config.observe,
  runTimeout: config.leases.build_timeout,
  runAttempts: config.leases.run_attempts,
});

export const portsOptions = (config: Config, settings: Settings, store: Store): PortsOptions => ({
  store,
  settings,
  insecure: config.registry.insecure,
  distroReleases: config.distro_releases,
  rules: config.rules,
  source:
    config.definitions.kind === 'git'
      ? {
          kind: 'git',
          url: config.definitions.url,
          branch: config.definitions.branch,
          workdir: `${config.data_directory}/definitions`,
        }
      : { kind: 'directory', path: config.definitions.path },
});
