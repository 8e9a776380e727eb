import type { Logger } from 'pino';
import { type Home, processesOf, signalProcess } from './processes.ts';
import { waitUntil } from './wait-until.ts';

/** Resolves when no process of a service is left; kills what does not go by itself. */
export const endProcessesOf = async (
  home: Home,
  { graceSeconds }: { graceSeconds: number },
): Promise<void> => {
  const noneLeft = async (): Promise<true | undefined> =>
    (await processesOf(home)).length === 0 ? true : undefined;
  try {
    await waitUntil(noneLeft, { seconds: graceSeconds, what: 'processes to go' });
  } catch {
    const kill = async (): Promise<true | undefined> => {
      const left = await processesOf(home);
      for (const pid of left) {
        signalProcess(pid, 'SIGKILL');
      }
      return left.length === 0 ? true : undefined;
    };
    await waitUntil(kill, { seconds: 10, what: `the processes of ${home.directory} to go after SIGKILL` });
  }
};

/**
 * Ends what a killed flibs may have left behind. Only whoever holds the data directory's lock may ask for it: to
 * anybody else these processes are somebody's running service.
 *
 * @param stopSignal - what makes the service stop at once but in order
 */
export const endLeftovers = async (home: Home, stopSignal: NodeJS.Signals, log: Logger): Promise<void> => {
  const left = await processesOf(home);
  if (left.length === 0) {
    return;
  }
  log.warn({ pids: left, directory: home.directory }, 'ending processes that an earlier flibs left behind');
  for (const pid of left) {
    signalProcess(pid, stopSignal);
  }
  await endProcessesOf(home, { graceSeconds: 10 });
};
