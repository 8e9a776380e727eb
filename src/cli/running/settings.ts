/** What the flows and their ports need of a configuration. */
import type { Config } from '../../config/load.ts';
import type { PortsOptions } from '../../flows/open-ports.ts';
import type { Settings } from '../../flows/settings.ts';
import type { GitPlace } from '../../nominating/knowledge.ts';
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
  definitions: gitPlaceOf(config),
  definitionsInterval: config.definitions.interval,
  worker: { heartbeat: config.leases.announcement_period, lease: config.leases.run },
  jobLease: config.leases.job,
  reporters: config.results.reporters,
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
  policies: config.gate.policies,
  source: sourceOf(config, gitPlaceOf(config)),
});

/** Absent: definitions come from a directory. */
export const gitPlaceOf = ({ definitions: { kind, url, branch } }: Config): GitPlace | undefined =>
  kind === 'git' ? { url, branch } : undefined;

const sourceOf = (config: Config, place: GitPlace | undefined): PortsOptions['source'] =>
  place === undefined
    ? { kind: 'directory', path: config.definitions.path }
    : { kind: 'git', ...place, workdir: `${config.data_directory}/definitions` };
