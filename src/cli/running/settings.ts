/** What the flows need of a configuration. */
import type { Config } from '../../config/load.ts';
import type { Settings } from '../../flows/settings.ts';
import type { Addresses } from './addresses.ts';

export const settingsOf = (config: Config, addresses: Addresses): Settings => ({
  instance: config.instance,
  topicPrefix: config.topic_prefix,
  candidateRegistry: addresses.candidateRegistry,
  releaseRegistry: addresses.releaseRegistry,
  rebuild: { quietPeriod: config.rebuild.quiet_period, maximum: config.rebuild.maximum },
  repositoryInterval: config.repositories.interval,
  definitionsInterval: config.definitions.interval,
  worker: { heartbeat: config.leases.announcement_period, lease: config.leases.run },
  jobLease: config.leases.job,
  runTimeout: config.leases.build_timeout,
  runAttempts: config.leases.run_attempts,
});
