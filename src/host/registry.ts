/** A private registry as a child process: loopback only, images may be deleted, its blobs in the data directory. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onFreePort, untilAnswering } from './answering.ts';
import { type ChildProcess, startChild } from './child-process.ts';
import { rememberedPort, rememberPort } from './free-port.ts';
import { endLeftovers } from './leftovers.ts';
import type { PrivateService, ServiceOptions } from './private-service.ts';
import { secretIn } from './secret-file.ts';

export interface Registry extends PrivateService {
  /** `127.0.0.1:port`, without TLS. */
  readonly address: string;
}

// Debian's name, and Fedora's.
const programs = ['/usr/bin/docker-registry', '/usr/bin/registry'];

const findRegistry = async (): Promise<string> => {
  for (const program of programs) {
    if (existsSync(program)) return program;
  }
  throw new Error(
    `no registry is installed: none of ${programs.join(', ')} is there. Install docker-registry (Fedora: docker-distribution).`,
  );
};

const identityHeader = 'X-Flibs-Registry';

/** JSON is YAML too. The header tells our registry from another that took the port. */
const configuration = (directory: string, address: string, secret: string): unknown => ({
  version: '0.1',
  log: { level: 'warn', accesslog: { disabled: true }, formatter: 'text' },
  storage: {
    filesystem: { rootdirectory: join(directory, 'storage') },
    delete: { enabled: true },
    cache: { blobdescriptor: 'inmemory' },
  },
  http: { addr: address, secret, headers: { [identityHeader]: [identityOf(directory)] } },
});

const identityOf = (directory: string): string => encodeURIComponent(directory);

interface Launch {
  readonly program: string;
  readonly directory: string;
  readonly secret: string;
  readonly log: ServiceOptions['log'];
}

const launch = async ({ program, directory, secret, log }: Launch, port: number): Promise<ChildProcess> => {
  const address = `127.0.0.1:${port}`;
  const configFile = join(directory, 'config.json');
  await writeFile(configFile, JSON.stringify(configuration(directory, address, secret), null, 2), {
    mode: 0o600,
  });
  const child = await startChild({
    name: 'registry',
    command: program,
    args: ['serve', configFile],
    cwd: directory,
    // It exports traces to a collector on this host unless it is told not to.
    env: { OTEL_TRACES_EXPORTER: 'none' },
    home: { directory },
    onParentDeath: 'KILL',
    stopSignals: [{ signal: 'SIGTERM', seconds: 10 }],
    log,
    isWarning: (line) => /level=(?:error|fatal|panic)/.test(line) && !/(?:blob|manifest) unknown/.test(line),
  });
  try {
    const probe = async (): Promise<boolean> =>
      (await fetch(`http://${address}/v2/`)).headers.get(identityHeader) === identityOf(directory);
    await untilAnswering(child, probe, { name: 'the registry', seconds: 30 });
  } catch (error) {
    await child.stop();
    throw error;
  }
  return child;
};

/**
 * Starts it, or starts it again on the blobs that are there.
 *
 * @throws when no registry is installed or it does not come up, with what it said last.
 */
export const startRegistry = async ({ dataDir, log }: ServiceOptions): Promise<Registry> => {
  const program = await findRegistry();
  const directory = join(dataDir, 'registry');
  await mkdir(join(directory, 'storage'), { recursive: true, mode: 0o700 });
  await endLeftovers({ directory }, 'SIGTERM', log);
  const secret = await secretIn(join(directory, 'secret'));
  const portFile = join(directory, 'port');
  const { child, port } = await onFreePort(await rememberedPort(portFile), async (chosen) => ({
    child: await launch({ program, directory, secret, log }, chosen),
    port: chosen,
  }));
  await rememberPort(portFile, port);
  return { address: `127.0.0.1:${port}`, port, exited: child.exited, stop: () => child.stop() };
};
