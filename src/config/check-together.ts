/** What cannot be told from one key alone. */
import type { Config } from '../../config/schema.ts';
import { ConfigError, type ConfigProblem } from './problem.ts';

/** Key, whether it is wrong, and what to do. */
type Check = readonly [key: string, wrong: boolean, problem: string];

const pairedTls = (group: 'bus' | 'upstream', { certfile, keyfile }: Config['bus']['tls']): Check => [
  `${group}.tls.${certfile === '' ? 'certfile' : 'keyfile'}`,
  (certfile === '') !== (keyfile === ''),
  'a client certificate needs both certfile and keyfile',
];

/** Such a rule would never speak of anything. */
const rulesOfNowhere = ({ rules, distro_releases }: Config): readonly Check[] => {
  const known = new Set(distro_releases.map(({ name }) => name));
  return rules.flatMap(({ name, distroRelease = [] }, index) =>
    distroRelease.map(
      (release): Check => [
        `rules.${index}.distroRelease`,
        !known.has(release),
        `rule ${name}: ${release} is no distro release of this configuration`,
      ],
    ),
  );
};

const checks = (config: Config): readonly Check[] => [
  [
    'rebuild.maximum',
    config.rebuild.maximum < config.rebuild.quiet_period,
    `must be at least rebuild.quiet_period, which is ${config.rebuild.quiet_period}`,
  ],
  [
    'definitions.url',
    config.definitions.kind === 'git' && config.definitions.url === '',
    'must be given where definitions.kind is git',
  ],
  [
    'leases.run',
    config.leases.run < 2 * config.leases.announcement_period,
    `must be at least twice leases.announcement_period, which is ${config.leases.announcement_period}`,
  ],
  pairedTls('bus', config.bus.tls),
  pairedTls('upstream', config.upstream.tls),
  ...rulesOfNowhere(config),
];

/** @throws {@link ConfigError} */
export const checkTogether = (config: Config, origins: ReadonlyMap<string, string>): void => {
  const problems: ConfigProblem[] = checks(config)
    .filter(([, wrong]) => wrong)
    .map(([key, , problem]) => ({ key, origin: origins.get(key) ?? 'default', problem }));
  if (problems.length > 0) throw new ConfigError(problems);
};
