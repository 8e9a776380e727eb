/**
 * One long-lived child process: started so that it cannot outlive flibs, watched, and stopped for certain.
 *
 * `setpriv --pdeathsig` has the kernel send it a signal when flibs is killed. It leads a process group of its own, so
 * that Ctrl-C on the terminal reaches flibs only, which then stops its children in order.
 */
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import type { Logger } from 'pino';
import { endProcessesOf } from './leftovers.ts';
import { type Home, homeVariable, signalProcess } from './processes.ts';

/** How a child process ended. */
export interface Exit {
  /** Of which service. */
  readonly name: string;
  /** True after `stop()`. */
  readonly expected: boolean;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** One line for people: how it ended and, when it was not asked to, the last that it printed. */
  readonly message: string;
}

export interface ChildSpecification {
  /** In log lines and messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment but for PATH: nothing of the caller's is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly home: Home;
  /** More options of setpriv: another user. */
  readonly privileges?: readonly string[];
  /** What the kernel sends when flibs is killed. */
  readonly onParentDeath: 'KILL' | 'QUIT';
  /** Tried in this order, each with its patience in seconds; SIGKILL to the process group comes after the last. */
  readonly stopSignals: readonly { readonly signal: NodeJS.Signals; readonly seconds: number }[];
  readonly log: Logger;
  /** Whether a line that it printed is worth a warning. All others are logged at debug. */
  readonly isWarning?: (line: string) => boolean;
}

export interface ChildProcess {
  readonly pid: number;
  /** Resolves once when it ended, asked or not. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Undefined while it runs. */
  readonly exit: () => Exit | undefined;
  /** Ends it and whatever it started; resolves when none of its processes is left. May be called again. */
  stop(): Promise<void>;
  /** The last lines that it printed, for error messages. */
  readonly lastLines: () => readonly string[];
}

const keptLines = 30;

const follow = (
  streams: readonly (Readable | null)[],
  { log, isWarning = () => false }: ChildSpecification,
): readonly string[] => {
  const last: string[] = [];
  for (const stream of streams) {
    if (stream !== null) {
      createInterface({ input: stream }).on('line', (line) => {
        last.push(line);
        last.splice(0, last.length - keptLines);
        log[isWarning(line) ? 'warn' : 'debug'](line);
      });
    }
  }
  return last;
};

const describeExit = (
  name: string,
  { code, signal, expected }: Pick<Exit, 'code' | 'signal' | 'expected'>,
  last: readonly string[],
): string => {
  const how =
    signal === null
      ? `ended with code ${code ?? 'unknown'}`
      : `was ended by ${signal} (${constants.signals[signal]})`;
  const said = last.filter((line) => line.trim() !== '').slice(-8);
  return expected ? `${name} ${how}` : [`${name} ${how}. It said last:`, ...said].join('\n  ');
};

const launch = (specification: ChildSpecification) =>
  execa(
    'setpriv',
    [
      ...(specification.privileges ?? []),
      '--pdeathsig',
      specification.onParentDeath,
      '--',
      specification.command,
      ...specification.args,
    ],
    {
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      extendEnv: false,
      env: {
        PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin',
        ...specification.env,
        [homeVariable]: specification.home.directory,
      },
      ...(specification.cwd === undefined ? {} : { cwd: specification.cwd }),
    },
  );

/** Starts it. Rejects when the program cannot be executed at all; what it says and does later shows in `exited`. */
export const startChild = async (specification: ChildSpecification): Promise<ChildProcess> => {
  const subprocess = launch(specification);
  const { pid } = subprocess;
  if (pid === undefined) {
    throw new Error(`cannot start ${specification.name}: setpriv (package util-linux) could not be run`, {
      cause: await subprocess,
    });
  }
  const last = follow([subprocess.stdout, subprocess.stderr], specification);
  let stopping: Promise<void> | undefined;
  let ended: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    // 'exit', not the end of its output: processes that it started may hold the pipes.
    subprocess.once('exit', (code, signal) => {
      const how = { code, signal, expected: stopping !== undefined };
      ended = { name: specification.name, ...how, message: describeExit(specification.name, how, last) };
      resolve(ended);
    });
  });
  return {
    pid,
    exited,
    exit: () => ended,
    stop: () => {
      stopping ??= end({ pid, exited, exit: () => ended }, specification);
      return stopping;
    },
    lastLines: () => last,
  };
};

const end = async (
  { pid, exited, exit }: Pick<ChildProcess, 'pid' | 'exited' | 'exit'>,
  { name, stopSignals, home, log }: ChildSpecification,
): Promise<void> => {
  for (const { signal, seconds } of stopSignals) {
    if (exit() !== undefined) {
      break;
    }
    signalProcess(pid, signal);
    await settledWithin(exited, seconds);
  }
  if (exit() === undefined) {
    log.warn(`${name} does not stop; killing it`);
    signalProcess(-pid, 'SIGKILL');
    await exited;
  }
  await endProcessesOf(home, { graceSeconds: 5 });
};

/** Waits for a promise, but not longer than so many seconds. */
const settledWithin = async (promise: Promise<unknown>, seconds: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    promise,
    new Promise((resolve) => {
      timer = setTimeout(resolve, seconds * 1000);
    }),
  ]);
  clearTimeout(timer);
};
