/** The program as people start it: a command to its end, or one that stays up until it is asked to stop, or killed. */
import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { execa } from 'execa';
import { waitUntil } from '../../src/host/wait-until.ts';

export interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Living {
  readonly pid: number;
  /** Everything it printed so far, line by line. */
  readonly lines: readonly string[];
  /** The first line, from now or before, in which this occurs. */
  line(text: string, seconds?: number): Promise<string>;
  /** As Ctrl-C does; resolves when it has ended. */
  interrupt(): Promise<Ended>;
  /** SIGKILL: it is told nothing. */
  kill(): Promise<void>;
  readonly ended: Promise<Ended>;
}

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const inCheckout = fileURLToPath(new URL('../../bin/flibs.js', import.meta.url));

let compiled: Promise<unknown> | undefined;

/** Once a test file: `bin/flibs.js` compiles sources that are newer than dist, which many processes at once must not. */
const current = async (): Promise<void> => {
  compiled ??= promisify(execFile)(process.execPath, [inCheckout, '--version'], { env: environment() });
  await compiled;
};

/** Nothing of the caller's: `FLIBS_...` variables would be configuration. */
const environment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: process.env['HOME'] ?? '/',
  LANG: 'C.UTF-8',
});

const options = (cwd: string | undefined) => ({
  reject: false as const,
  extendEnv: false,
  env: environment(),
  stdin: 'ignore' as const,
  ...(cwd === undefined ? {} : { cwd }),
});

/** One command to its end. */
export const flibs = async (...args: readonly string[]): Promise<Ended> => {
  await current();
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...args], {
    ...options(undefined),
    stripFinalNewline: false,
  });
  return { exitCode, stdout, stderr };
};

const settled: Living[] = [];

/** For `afterAll`: no process outlives its test, however that ended. */
export const killAll = async (): Promise<void> => {
  await Promise.all(settled.splice(0).map((living) => living.kill()));
};

/** Goes when the tests go, even if those are killed. */
export const startFlibs = async (args: readonly string[], cwd?: string): Promise<Living> => {
  await current();
  const subprocess = execa(
    'setpriv',
    ['--pdeathsig', 'KILL', '--', process.execPath, program, ...args],
    options(cwd),
  );
  const { pid } = subprocess;
  if (pid === undefined) throw new Error('setpriv could not be run', { cause: await subprocess });
  const lines: string[] = [];
  for (const stream of [subprocess.stdout, subprocess.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const ended = subprocess.then(({ exitCode, stdout, stderr }): Ended => ({ exitCode, stdout, stderr }));
  const living: Living = {
    pid,
    lines,
    line: (text, seconds = 60) =>
      waitUntil(async () => lines.find((line) => line.includes(text)), {
        seconds,
        what: `a line with ${text}`,
      }),
    interrupt: () => {
      subprocess.kill('SIGINT');
      return ended;
    },
    kill: async () => {
      subprocess.kill('SIGKILL');
      await ended;
    },
    ended,
  };
  settled.push(living);
  return living;
};
