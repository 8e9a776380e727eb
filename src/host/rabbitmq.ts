/** A private RabbitMQ as a child process: loopback only, no plugins, its state in the data directory. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { ask, onFreePort, untilAnswering } from './answering.ts';
import { type ChildProcess, startChild } from './child-process.ts';
import { startEpmd } from './epmd.ts';
import { freePort, rememberedPort, rememberPort } from './free-port.ts';
import { endLeftovers } from './leftovers.ts';
import type { PrivateService, ServiceOptions } from './private-service.ts';
import { findRabbitMq, linkCoreApplications, type RabbitMqInstallation } from './rabbitmq-installation.ts';
import { secretIn } from './secret-file.ts';

export interface RabbitMq extends PrivateService {
  /** `amqp://user:password@127.0.0.1:port/` */
  readonly url: string;
}

// The state lies in a directory named after the node. Each node has an epmd to itself, so names never meet.
const nodeName = 'flibs@localhost';
const user = 'flibs';

interface Layout {
  readonly directory: string;
  readonly home: string;
  readonly plugins: string;
  readonly configFile: string;
  readonly portFile: string;
}

const prepareFiles = async (directory: string, installation: RabbitMqInstallation): Promise<Layout> => {
  const layout = {
    directory,
    home: join(directory, 'home'),
    plugins: join(directory, 'plugins'),
    configFile: join(directory, 'rabbitmq.config'),
    portFile: join(directory, 'port'),
  };
  await mkdir(layout.home, { recursive: true, mode: 0o700 });
  await linkCoreApplications(installation, layout.plugins);
  await writeFile(join(directory, 'enabled_plugins'), '[].\n');
  const cookie = join(layout.home, '.erlang.cookie');
  await secretIn(cookie);
  // Erlang refuses a cookie that others may read.
  await chmod(cookie, 0o600);
  return layout;
};

/** Erlang terms: the other format is translated at each start, which takes longer. */
const configuration = (port: number, password: string): string => `[
  {rabbit, [
    {tcp_listeners, [{"127.0.0.1", ${port}}]},
    {default_user, <<"${user}">>},
    {default_pass, <<"${password}">>},
    {log, [{console, [{enabled, true}, {level, info}]}]}
  ]},
  {ra, [{wal_max_size_bytes, 67108864}]}
].
`;

const environment = (
  { directory, home, plugins, configFile }: Layout,
  ports: { readonly distribution: number; readonly epmd: number },
): Record<string, string> => ({
  HOME: home,
  LANG: 'C.UTF-8',
  ERL_EPMD_ADDRESS: '127.0.0.1',
  ERL_EPMD_PORT: String(ports.epmd),
  RABBITMQ_NODENAME: nodeName,
  RABBITMQ_DIST_PORT: String(ports.distribution),
  RABBITMQ_MNESIA_BASE: join(directory, 'state'),
  RABBITMQ_LOG_BASE: join(directory, 'log'),
  RABBITMQ_LOGS: '-',
  RABBITMQ_PLUGINS_DIR: plugins,
  RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
  RABBITMQ_CONFIG_FILE: configFile,
  RABBITMQ_CONFIG_FILES: join(directory, 'no-more-configuration'),
  RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'no-more-configuration.config'),
  RABBITMQ_CONF_ENV_FILE: '/dev/null',
  // The script then becomes the virtual machine instead of waiting for it, so that the child's pid is the broker's.
  RABBITMQ_ALLOW_INPUT: '1',
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-noinput -kernel inet_dist_use_interface {127,0,0,1}',
});

const amqpHeader = Buffer.from('AMQP\0\0\x09\x01', 'latin1');
const connectionStart = [0, 10, 0, 10];

/** Whether a broker answers the protocol header with Connection.Start (AMQP 0-9-1, 4.2.2). A failed boot can exit 0. */
const answersAmqp = async (port: number): Promise<boolean> => {
  const answer = await ask(port, amqpHeader);
  return answer[0] === 1 && connectionStart.every((byte, index) => answer[7 + index] === byte);
};

/** Logging in proves that it is our broker, and not another that took the port meanwhile. */
const acceptsLogin = async (url: string): Promise<boolean> => {
  const connection = await connect(url, { timeout: 10_000 });
  connection.on('error', () => undefined);
  await connection.close();
  return true;
};

const startBroker = async (
  {
    log,
    server,
    layout,
    password,
  }: { log: ServiceOptions['log']; server: string; layout: Layout; password: string },
  epmd: number,
  port: number,
): Promise<{ child: ChildProcess; url: string }> => {
  const url = `amqp://${user}:${password}@127.0.0.1:${port}/`;
  await writeFile(layout.configFile, configuration(port, password), { mode: 0o600 });
  const child = await startChild({
    name: 'RabbitMQ',
    command: server,
    args: [],
    cwd: layout.directory,
    env: environment(layout, { epmd, distribution: await freePort() }),
    home: { directory: layout.directory },
    onParentDeath: 'KILL',
    stopSignals: [{ signal: 'SIGTERM', seconds: 20 }],
    log,
    isWarning: (line) => /\[(?:error|critical|alert|emergency)\]/.test(line),
  });
  try {
    const probe = async (): Promise<boolean> => (await answersAmqp(port)) && (await acceptsLogin(url));
    await untilAnswering(child, probe, { name: 'RabbitMQ', seconds: 90 });
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { child, url };
};

/**
 * Starts it, or starts it again on the state that is there: durable queues and what is in them survive.
 *
 * @throws when RabbitMQ is not installed or does not come up, with what it said last.
 */
export const startRabbitMq = async ({ dataDir, log }: ServiceOptions): Promise<RabbitMq> => {
  const { server, plugins } = await findRabbitMq();
  const directory = join(dataDir, 'rabbitmq');
  const layout = await prepareFiles(directory, { server, plugins });
  await endLeftovers({ directory }, 'SIGTERM', log);
  const password = await secretIn(join(directory, 'password'));
  const epmd = await startEpmd({ directory, log });
  try {
    const { child, url, port } = await onFreePort(await rememberedPort(layout.portFile), async (chosen) => ({
      ...(await startBroker({ log, server, layout, password }, epmd.port, chosen)),
      port: chosen,
    }));
    await rememberPort(layout.portFile, port);
    const stop = async (): Promise<void> => {
      await child.stop();
      await epmd.stop();
    };
    return { url, port, exited: child.exited, stop };
  } catch (error) {
    await epmd.stop();
    throw error;
  }
};
