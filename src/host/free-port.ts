import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';

const loopback = '127.0.0.1';

/** Binds a port of the loopback interface for a moment: its number, or undefined when another has it. 0 asks for any. */
const tryPort = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: loopback, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });

/**
 * A TCP port of the loopback interface that nothing listens on: the preferred one if it is free.
 * Another process may take it before it is used: whoever starts a server on it must be ready to choose again.
 */
export const freePort = async (preferred?: number): Promise<number> => {
  const port = (preferred === undefined ? undefined : await tryPort(preferred)) ?? (await tryPort(0));
  if (port === undefined) {
    throw new Error(`no free port on ${loopback}`);
  }
  return port;
};

/** The port in a file that `rememberPort` wrote, undefined when there is none. */
export const rememberedPort = async (file: string): Promise<number | undefined> => {
  const port = Number(await readFile(file, 'utf8').catch(() => ''));
  return Number.isInteger(port) && port > 1023 && port < 65_536 ? port : undefined;
};

/** Clients reconnect to the address that they know, and image references hold one: so a service keeps its port. */
export const rememberPort = (file: string, port: number): Promise<void> => writeFile(file, `${port}\n`);
