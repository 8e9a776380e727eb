/** Where the distribution put RabbitMQ, and which of its applications the broker itself needs. */
import { mkdir, readdir, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

// The one in /usr/sbin changes to the user rabbitmq first.
const serverScripts = ['/usr/lib/rabbitmq/bin/rabbitmq-server', '/opt/rabbitmq/sbin/rabbitmq-server'];

export interface RabbitMqInstallation {
  /** The script that becomes the broker's virtual machine. */
  readonly server: string;
  /** Directory of applications, one `<name>-<version>` each. */
  readonly plugins: string;
}

export const findRabbitMq = async (): Promise<RabbitMqInstallation> => {
  for (const script of serverScripts) {
    const server = await realpath(script).catch(() => undefined);
    if (server !== undefined) {
      return { server, plugins: join(dirname(dirname(server)), 'plugins') };
    }
  }
  throw new Error(
    `RabbitMQ is not installed: none of ${serverScripts.join(', ')} is there. Install the package rabbitmq-server.`,
  );
};

/** Names in an Erlang application file's `{applications, [...]}`. */
const applicationsIn = (appFile: string): readonly string[] =>
  (/\{applications,\s*\[([^\]]*)\]/.exec(appFile)?.[1] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** The applications that `rabbit` needs, itself included, as far as they lie among the plugins. */
const coreApplications = async (plugins: string): Promise<readonly string[]> => {
  const folders = await readdir(plugins);
  const folderOf = (name: string): string | undefined =>
    folders.find((folder) => folder.startsWith(`${name}-`) && /^\d/.test(folder.slice(name.length + 1)));
  const core = new Set<string>();
  const wanted = ['rabbit'];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    const folder = folderOf(name);
    if (folder !== undefined && !core.has(folder)) {
      core.add(folder);
      wanted.push(...applicationsIn(await readFile(join(plugins, folder, 'ebin', `${name}.app`), 'utf8')));
    }
  }
  return [...core];
};

/**
 * Fills a directory with links to the core applications. With it as its plugins directory the broker does not read
 * the descriptions of all plugins at each start, which takes a second or two.
 */
export const linkCoreApplications = async (
  { plugins }: RabbitMqInstallation,
  directory: string,
): Promise<void> => {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  for (const folder of await coreApplications(plugins)) {
    await symlink(join(plugins, folder), join(directory, folder));
  }
};
