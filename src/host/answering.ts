import { connect } from 'node:net';
import type { ChildProcess } from './child-process.ts';
import { freePort } from './free-port.ts';
import { waitUntil } from './wait-until.ts';

/** Thrown when a child cannot have the port that was chosen for it. */
class PortTaken extends Error {}

const tookPort = /address already in use|eaddrinuse|could not bind/i;

/**
 * Resolves when the child's server answers. Rejects when the child ends before, with what it said last, and when it
 * does not answer in time.
 *
 * @param probe - whether it answers, and is ours; may reject while it is not up
 */
export const untilAnswering = async (
  child: ChildProcess,
  probe: () => Promise<boolean>,
  { name, seconds }: { name: string; seconds: number },
): Promise<void> => {
  await waitUntil(
    async () => {
      const exit = child.exit();
      if (exit !== undefined) {
        const taken = child.lastLines().some((line) => tookPort.test(line));
        throw taken ? new PortTaken(exit.message) : new Error(`cannot start ${exit.message}`);
      }
      return (await probe().catch(() => false)) ? true : undefined;
    },
    { seconds, what: `${name} to answer` },
  );
};

/**
 * Starts a server on a free port and chooses another one when somebody was faster.
 *
 * @param start - starts it and resolves when it answers; must have stopped it when it rejects
 */
export const onFreePort = async <T>(
  preferred: number | undefined,
  start: (port: number) => Promise<T>,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort(attempt === 1 ? preferred : undefined));
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === 4) {
        throw error;
      }
    }
  }
};

/** Connects to a loopback port, sends a few bytes and gives the first that come back. */
export const ask = (port: number, bytes: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 2000 });
    socket.once('connect', () => socket.write(bytes));
    socket.once('data', (answer) => {
      resolve(answer);
      socket.destroy();
    });
    socket.once('timeout', () => socket.destroy(new Error(`port ${port} does not answer`)));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`port ${port} closed the connection`)));
  });
