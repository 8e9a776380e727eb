/**
 * Every configuration key: what it is, what it is when nothing is said, and its environment variable. The flag is
 * the key with dashes (`--bus-url`); the file is flibs.yaml. docs/configuration.md is made from this.
 */
import type { DistroRelease } from '../schemas/files/distro-release.ts';
import type { Reporter } from '../schemas/files/reporter.ts';
import type { Rule } from '../schemas/files/rule.ts';
import type { Arch } from '../schemas/ids.ts';
import * as key from './key.ts';

const tls = <Prefix extends string>(prefix: Prefix, whose: string) => ({
  ca_cert: key.path({
    doc: `Certificate authority that ${whose} certificate is checked against. Empty: those of the system.`,
    default: '',
    env: `${prefix}_TLS_CA_CERT`,
  }),
  certfile: key.path({
    doc: 'Client certificate; with a key, SASL EXTERNAL is used.',
    default: '',
    env: `${prefix}_TLS_CERTFILE`,
  }),
  keyfile: key.path({
    doc: 'Private key of the client certificate.',
    default: '',
    env: `${prefix}_TLS_KEYFILE`,
  }),
});

const bus = {
  url: key.url('amqp', {
    doc: 'The broker, as amqp://user:password@host:port/vhost. Empty: a private RabbitMQ under the data directory.',
    default: '',
    env: 'FLIBS_BUS_URL',
  }),
  public_exchange: key.text({
    doc: 'Topic exchange that our events are copied to, one way, for everyone to read.',
    default: 'amq.topic',
    env: 'FLIBS_BUS_PUBLIC_EXCHANGE',
  }),
  passive_declares: key.yesOrNo({
    doc: 'Only check that exchanges and queues exist, where this user may not make them.',
    default: false,
    env: 'FLIBS_BUS_PASSIVE_DECLARES',
  }),
  prefetch: key.positiveNumber({
    doc: 'Messages that a consumer has in hand at most. It begins with 1 and widens once it sees fresh messages.',
    default: 100,
    env: 'FLIBS_BUS_PREFETCH',
  }),
  tls: tls('FLIBS_BUS', "the broker's"),
};

const upstream = {
  url: key.url('amqp', {
    doc: "A second broker that is only read, such as Fedora's. What others say on our own public exchange is heard in any case.",
    default: '',
    env: 'FLIBS_UPSTREAM_URL',
  }),
  exchange: key.text({
    doc: 'Topic exchange there.',
    default: 'amq.topic',
    env: 'FLIBS_UPSTREAM_EXCHANGE',
  }),
  topics: key.list({
    doc: 'Binding keys there. Empty: the topics that the consumers listen to.',
    default: [],
    env: 'FLIBS_UPSTREAM_TOPICS',
  }),
  queue: key.text({
    doc: 'A durable queue made for us there, such as on a broker that demands passive declares. Empty: an exclusive one, which hears only what is said while the bridge runs.',
    default: '',
    env: 'FLIBS_UPSTREAM_QUEUE',
  }),
  passive_declares: key.yesOrNo({
    doc: 'Only check that the queue exists there, where this user may not make it.',
    default: false,
    env: 'FLIBS_UPSTREAM_PASSIVE_DECLARES',
  }),
  tls: tls('FLIBS_UPSTREAM', "that broker's"),
};

const registry = {
  candidate: key.registryPlace({
    doc: 'Where candidates go. Empty: a private registry under the data directory.',
    default: '',
    env: 'FLIBS_REGISTRY_CANDIDATE',
  }),
  release: key.registryPlace({
    doc: 'Where released images go. Empty: a private registry under the data directory.',
    default: '',
    env: 'FLIBS_REGISTRY_RELEASE',
  }),
  insecure: key.yesOrNo({
    doc: 'Talk to the registries over HTTP without TLS.',
    default: false,
    env: 'FLIBS_REGISTRY_INSECURE',
  }),
};

const definitions = {
  kind: key.oneOf(['directory', 'git'], {
    doc: 'Where image definitions come from.',
    default: 'directory',
    env: 'FLIBS_DEFINITIONS_KIND',
  }),
  path: key.path({
    doc: 'kind directory: the directory with one folder per image.',
    default: '',
    env: 'FLIBS_DEFINITIONS_PATH',
  }),
  url: key.url('git', {
    doc: 'kind git: the repository.',
    default: '',
    env: 'FLIBS_DEFINITIONS_URL',
  }),
  branch: key.text({ doc: 'kind git: the branch.', default: 'main', env: 'FLIBS_DEFINITIONS_BRANCH' }),
  interval: key.seconds({
    doc: 'Seconds between two looks at the definitions.',
    default: 60,
    env: 'FLIBS_DEFINITIONS_INTERVAL',
  }),
};

const rebuild = {
  quiet_period: key.seconds({
    doc: 'Seconds without a new nomination after which a rebuild is planned.',
    default: 60,
    env: 'FLIBS_REBUILD_QUIET_PERIOD',
  }),
  maximum: key.seconds({
    doc: 'Seconds after which a rebuild is planned whatever still comes.',
    default: 600,
    env: 'FLIBS_REBUILD_MAXIMUM',
  }),
  reconcile_interval: key.seconds({
    doc: 'Seconds between two searches for what is newer on offer, or changed, and no message told.',
    default: 3600,
    env: 'FLIBS_REBUILD_RECONCILE_INTERVAL',
  }),
};

const arches: key.Key<readonly Arch[]> = {
  doc: 'Arches that it builds for. Empty: its own, and those that binfmt runs through an emulator.',
  format: 'flibs-arches',
  default: [],
  env: 'FLIBS_WORKER_ARCHES',
};
const worker = {
  name: key.text({
    doc: "Name of the image-builder's worker, unlike any other's. Empty: host name and a few digits, kept in its state directory.",
    default: '',
    env: 'FLIBS_WORKER_NAME',
  }),
  arches,
  slots: key.positiveNumber({ doc: 'Runs at once.', default: 2, env: 'FLIBS_WORKER_SLOTS' }),
  state_directory: key.path({
    doc: 'Its containers, caches and runs. Empty: under the data directory.',
    default: '',
    env: 'FLIBS_WORKER_STATE_DIRECTORY',
  }),
};

const leases = {
  announcement_period: key.seconds({
    doc: "Seconds between two announcements of a worker, which renew its runs' leases.",
    default: 5,
    env: 'FLIBS_LEASES_ANNOUNCEMENT_PERIOD',
  }),
  run: key.seconds({
    doc: 'Seconds without an announcement after which a run is lost and its arch build starts again.',
    default: 60,
    env: 'FLIBS_LEASES_RUN',
  }),
  job: key.positiveNumber({
    doc: 'Seconds without renewal after which an effect (an index, a release, a look at a repository) is taken over.',
    default: 60,
    env: 'FLIBS_LEASES_JOB',
  }),
  build_timeout: key.seconds({
    doc: 'Seconds after which a run is ended as an infrastructure failure.',
    default: 3600,
    env: 'FLIBS_LEASES_BUILD_TIMEOUT',
  }),
  run_attempts: key.positiveNumber({
    doc: 'Runs of an arch build or smoke test that may fail by infrastructure before it is given up.',
    default: 8,
    env: 'FLIBS_LEASES_RUN_ATTEMPTS',
  }),
};

const distroReleases: key.Key<readonly DistroRelease[]> = {
  doc: 'The distro releases, in place of a file. See config/distro-releases.yaml.',
  format: 'flibs-distro-releases',
  default: [],
};

const rules: key.Key<readonly Rule[]> = {
  doc: 'The rules, in place of a file. See config/rules.yaml.',
  format: 'flibs-rules',
  default: [],
};

const reporters: key.Key<readonly Reporter[]> = {
  doc: 'Who may report which test cases on a bus, where anybody may write: see docs/results.md. Empty: nobody but flibs itself, so that all other results come over HTTP.',
  format: 'flibs-reporters',
  default: [],
};

/** The keys, in the order in which they are shown. */
export const configKeys = {
  instance: key.instanceName({
    doc: 'Prefix of queues, exchanges, the PostgreSQL schema and metrics. Many tenants are many instances.',
    default: 'main',
    env: 'FLIBS_INSTANCE',
  }),
  topic_prefix: key.topicWords({
    doc: 'What the topics of our events begin with.',
    default: 'org.fedoraproject.dev',
    env: 'FLIBS_TOPIC_PREFIX',
  }),
  data_directory: key.path({
    doc: 'All state on this machine: private servers, the address of the API, the worker.',
    default: '.flibs',
    env: 'FLIBS_DATA_DIRECTORY',
  }),
  log: {
    level: key.oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      doc: 'The least that is logged.',
      default: 'info',
      env: 'FLIBS_LOG_LEVEL',
    }),
    pretty: key.oneOf(['auto', 'always', 'never'], {
      doc: 'Lines for people instead of JSON. auto: on a terminal.',
      default: 'auto',
      env: 'FLIBS_LOG_PRETTY',
    }),
  },
  bus,
  upstream,
  store: {
    url: key.url('postgres', {
      doc: 'PostgreSQL 15 or newer. Empty: a private one under the data directory.',
      default: '',
      env: 'FLIBS_STORE_URL',
    }),
  },
  registry,
  definitions,
  distro_releases_file: key.path({
    doc: 'YAML file with the list of distro releases.',
    default: '',
    env: 'FLIBS_DISTRO_RELEASES_FILE',
  }),
  distro_releases: distroReleases,
  rules_file: key.path({
    doc: 'YAML file with the list of rules: which images are rebuilt for what, and when.',
    default: '',
    env: 'FLIBS_RULES_FILE',
  }),
  rules,
  results: { reporters },
  gate: {
    policies: key.path({
      doc: "Folder with YAML files of policies in Greenwave's language, for those who ask for decisions. Empty: there are none. See docs/gating.md.",
      default: '',
      env: 'FLIBS_GATE_POLICIES',
    }),
  },
  repositories: {
    interval: key.seconds({
      doc: "Seconds between two looks at a repository's metadata when no message calls for one.",
      default: 300,
      env: 'FLIBS_REPOSITORIES_INTERVAL',
    }),
  },
  rebuild,
  worker,
  leases,
  api: {
    host: key.text({
      doc: 'Address that the HTTP API listens on. Whoever reaches it may read; writes need a token, which travels in the clear: keep it on loopback, or behind what speaks TLS.',
      default: '127.0.0.1',
      env: 'FLIBS_API_HOST',
    }),
    port: key.port({ doc: 'Its port. 0: any that is free.', default: 0, env: 'FLIBS_API_PORT' }),
  },
  observe: key.yesOrNo({
    doc: 'Only plan and explain: nothing is built, tested, released or tagged, and no consumer that would do so runs.',
    default: false,
    env: 'FLIBS_OBSERVE',
  }),
  consumers: key.list({
    doc: 'Consumers that `flibs up` runs. Empty: all.',
    default: [],
    env: 'FLIBS_CONSUMERS',
  }),
} as const;

/** The effective configuration: checked, paths absolute, distro releases read. */
export type Config = key.ValuesOf<typeof configKeys>;
