/** A worker's own directories and configuration files: nothing of the host's configuration gets into a build. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface StateDir {
  readonly path: string;
  readonly tmp: string;
  readonly home: string;
  /** Environment for buildah, dnf and rpm. */
  readonly env: Readonly<Record<string, string>>;
  /** First arguments of every buildah call. */
  readonly storage: readonly string[];
  readonly signaturePolicy: string;
  /** Whether a registry (`host[:port]`) speaks plain HTTP: those told, and all on this machine's loopback. */
  isInsecure(registry: string): boolean;
}

const loopback = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]+)?$/;

/** Without networks of its own, and quiet about it: containers get none. */
const containersConf = (path: string): string => `[network]
network_backend = "cni"
network_config_dir = "${join(path, 'conf', 'cni')}"
cni_plugin_dirs = ["${join(path, 'conf', 'cni')}"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
`;

/** What is pulled is named by digest; who signed it is the gate's business, not the builder's. */
const policy = '{"default": [{"type": "insecureAcceptAnything"}]}\n';

const registriesConf = (insecure: readonly string[]): string =>
  [
    'unqualified-search-registries = []',
    'short-name-mode = "enforcing"',
    ...insecure.map((address) => `[[registry]]\nlocation = ${JSON.stringify(address)}\ninsecure = true`),
    '',
  ].join('\n');

/** Makes the directories and writes the files. `path` must be absolute and free of quotes and newlines. */
export const prepareStateDir = async (
  path: string,
  {
    insecureRegistries = [],
    authFile,
  }: { insecureRegistries?: readonly string[]; authFile?: string | undefined },
): Promise<StateDir> => {
  if (!/^\/[^"'\\\n]*$/.test(path))
    throw new Error(`not usable as a state directory: ${JSON.stringify(path)}`);
  const conf = join(path, 'conf');
  const [home, tmp] = [join(path, 'home'), join(path, 'tmp')];
  for (const directory of [join(conf, 'cni'), home, tmp]) await mkdir(directory, { recursive: true });
  // Debian's rpm keeps its database in the home directory unless told otherwise.
  await writeFile(join(home, '.rpmmacros'), '%_dbpath /var/lib/rpm\n');
  await writeFile(join(conf, 'containers.conf'), containersConf(path));
  await writeFile(join(conf, 'registries.conf'), registriesConf(insecureRegistries));
  await writeFile(join(conf, 'policy.json'), policy);
  return {
    path,
    tmp,
    home,
    env: {
      HOME: home,
      TMPDIR: tmp,
      CONTAINERS_CONF: join(conf, 'containers.conf'),
      CONTAINERS_REGISTRIES_CONF: join(conf, 'registries.conf'),
      ...(authFile === undefined ? {} : { REGISTRY_AUTH_FILE: authFile }),
    },
    storage: [
      '--root',
      join(path, 'storage', 'root'),
      '--runroot',
      join(path, 'storage', 'run'),
      '--storage-driver',
      'overlay',
      '--registries-conf',
      join(conf, 'registries.conf'),
    ],
    signaturePolicy: join(conf, 'policy.json'),
    isInsecure: (registry) => loopback.test(registry) || insecureRegistries.includes(registry),
  };
};
