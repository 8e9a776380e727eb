/** A directory for the time of a bench, and a log that tells only what is wrong. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Logger, pino } from 'pino';
import { unmountBelow } from './rebuild/site.ts';

export const quietLog = (): Logger => pino({ level: 'warn' }, pino.destination({ fd: 2, sync: true }));

export const inWorkplace = async <T>(use: (directory: string) => Promise<T>): Promise<T> => {
  const directory = await mkdtemp(join(tmpdir(), 'flibs-bench-'));
  try {
    return await use(directory);
  } finally {
    await unmountBelow(directory);
    await execa('rm', ['--recursive', '--force', '--', directory]);
  }
};
