/** A `flibs up` of its own process, as an operator starts it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { packageRoot } from '../src/cli/package-root.ts';

export interface FlibsProcess {
  readonly pid: number;
  /** Milliseconds from its start until it said that it is up: consuming, with its API open. */
  readonly upAfterMs: number;
  stop(): Promise<void>;
}

export interface FlibsOptions {
  readonly configFile: string;
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A module that is loaded first. */
  readonly preload?: string;
}

const patienceMs = 60_000;
const lookEveryMs = 5;

/** @throws Error with the end of its log when it does not come up. */
export const startFlibs = async (options: FlibsOptions): Promise<FlibsProcess> => {
  const main = join(packageRoot(), 'dist', 'src', 'main.js');
  const preload = options.preload === undefined ? [] : ['--import', options.preload];
  const log = openSync(options.logFile, 'w');
  const begun = performance.now();
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'TERM', '--', process.execPath, ...preload, main, 'up', '--config', options.configFile],
    { stdio: ['ignore', 'ignore', log], env: { PATH: process.env['PATH'], ...options.env } },
  );
  closeSync(log);
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  while (!(await readFile(options.logFile, 'utf8')).includes('"msg":"flibs is up"')) {
    if (child.exitCode !== null || performance.now() - begun > patienceMs) {
      await stop();
      throw new Error(`flibs did not come up: ${(await readFile(options.logFile, 'utf8')).slice(-3000)}`);
    }
    await delay(lookEveryMs);
  }
  return { pid: child.pid ?? 0, upAfterMs: performance.now() - begun, stop };
};
