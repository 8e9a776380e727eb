import { join } from 'node:path';
import type { Logger } from 'pino';
import { ask, onFreePort, untilAnswering } from './answering.ts';
import { type ChildProcess, startChild } from './child-process.ts';
import { endLeftovers } from './leftovers.ts';

const namesRequest = Buffer.from([0, 1, 110]);

/**
 * Erlang's port mapper, in the foreground and for one broker only. Left to itself, Erlang starts one that serves the
 * whole host and outlives everybody.
 */
export const startEpmd = async ({
  directory,
  log,
}: {
  directory: string;
  log: Logger;
}): Promise<{ port: number; stop(): Promise<void> }> => {
  const home = { directory: join(directory, 'epmd') };
  await endLeftovers(home, 'SIGKILL', log);
  const start = async (port: number): Promise<{ port: number; child: ChildProcess }> => {
    const child = await startChild({
      name: 'epmd',
      command: 'epmd',
      args: ['-address', '127.0.0.1', '-port', String(port)],
      home,
      onParentDeath: 'KILL',
      // It ignores SIGTERM, and has nothing to lose.
      stopSignals: [{ signal: 'SIGKILL', seconds: 5 }],
      log,
    });
    try {
      // NAMES_REQ of the distribution protocol: the answer begins with its own port.
      const probe = async (): Promise<boolean> => (await ask(port, namesRequest)).readUInt32BE(0) === port;
      await untilAnswering(child, probe, { name: 'epmd', seconds: 10 });
    } catch (error) {
      await child.stop();
      throw error;
    }
    return { port, child };
  };
  const { port, child } = await onFreePort(undefined, start);
  return { port, stop: () => child.stop() };
};
