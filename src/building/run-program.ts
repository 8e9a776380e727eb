/** The one way in which programs are run: argument lists, a small environment, and nothing left of them at the end. */
import { execa } from 'execa';
import { throughGate } from './gate-port.ts';

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment besides PATH and the locale; nothing else of ours is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** Standard output and standard error as they come. */
  readonly onOutput?: ((text: string) => void) | undefined;
  /** Aborted: the program and all that it started are killed. */
  readonly signal?: AbortSignal | undefined;
  /** Seconds, then as if aborted. */
  readonly timeout?: number;
  /**
   * `process-group`: killed together. `pid-namespace`: also what left the group (containers, scriptlets' children),
   * ended by the kernel with the program, and with us (needs root). It sees a /proc of its own. `sealed`: without
   * network, too.
   */
  readonly confinement?: 'process-group' | 'pid-namespace' | 'sealed';
  /** Unix socket of a gate that a sealed program may go through. */
  readonly gate?: string | undefined;
}

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Last 16 KiB of both, in the order of arrival. */
  readonly tail: string;
}

/** The program did not end by itself: it is absent, was killed, or ran out of time. */
export class ProgramKilled extends Error {
  override readonly name = 'ProgramKilled';
  readonly argv: readonly string[];
  readonly reason: 'absent' | 'aborted' | 'timeout' | 'signal';
  readonly tail: string;
  constructor(
    argv: readonly string[],
    reason: ProgramKilled['reason'],
    message: string,
    tail: string,
    cause?: unknown,
  ) {
    super(`${argv[0]}: ${message}`, { cause });
    this.argv = argv;
    this.reason = reason;
    this.tail = tail;
  }
}

/** It ended, and its exit status is not 0. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
  readonly argv: readonly string[];
  readonly finished: Finished;
  constructor(argv: readonly string[], finished: Finished) {
    super(`${argv[0]}: exit status ${finished.exitCode}: ${finished.tail.trim()}`);
    this.argv = argv;
    this.finished = finished;
  }
}

const tailLength = 16 * 1024;
const maxCaptured = 64 * 1024 * 1024;

/** Runs it to its end, whatever its exit status. @throws ProgramKilled when it did not end by itself. */
export const runProgram = async (program: Program): Promise<Finished> => {
  const argv = [program.file, ...program.args];
  const timeout = program.timeout === undefined ? undefined : AbortSignal.timeout(program.timeout * 1000);
  const signals = [program.signal, timeout].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(signals);
  if (signal.aborted) throw new ProgramKilled(argv, 'aborted', 'not started: aborted', '');
  const child = start(program);
  const captured = capture(child, program.onOutput);
  const kill = (): void => killGroup(child.pid);
  signal.addEventListener('abort', kill, { once: true });
  try {
    const result = await child;
    const finished = { exitCode: exitCodeOf(result), ...captured() };
    if (signal.aborted) {
      const reason = timeout?.aborted && !program.signal?.aborted ? 'timeout' : 'aborted';
      throw new ProgramKilled(
        argv,
        reason,
        reason === 'timeout' ? `ended after ${program.timeout} s` : 'aborted',
        finished.tail,
      );
    }
    if (result.code === 'ENOENT' || isAbsent(finished))
      throw new ProgramKilled(argv, 'absent', 'not found; is it installed?', '', result.cause);
    if (finished.exitCode === -1) {
      throw new ProgramKilled(
        argv,
        'signal',
        `ended by ${result.signal ?? result.code ?? 'a signal'}`,
        finished.tail,
        result.cause,
      );
    }
    return finished;
  } finally {
    signal.removeEventListener('abort', kill);
    killGroup(child.pid);
  }
};

/** Runs it and resolves what it printed. @throws ProgramFailed on an exit status other than 0, ProgramKilled. */
export const runToSuccess = async (program: Program): Promise<Finished> => {
  const finished = await runProgram(program);
  if (finished.exitCode !== 0) throw new ProgramFailed([program.file, ...program.args], finished);
  return finished;
};

const start = (program: Program) => {
  const [file, ...args] = [...confined(program), program.file, ...program.args];
  return execa(file ?? program.file, args, {
    detached: true,
    reject: false,
    buffer: false,
    extendEnv: false,
    cleanup: false,
    env: { PATH: searchPath, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...program.env },
    ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
    ...(program.input === undefined ? { stdin: 'ignore' as const } : { input: program.input }),
    stdout: 'pipe',
    stderr: 'pipe',
  });
};

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** `setpriv --pdeathsig` ends the program with us; the PID namespace ends its descendants with it. */
const confined = ({ confinement = 'process-group', gate }: Program): string[] => {
  const guarded = ['setpriv', '--pdeathsig', 'KILL', '--'];
  if (confinement === 'process-group') return guarded;
  const namespaces = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
  if (confinement === 'pid-namespace') return [...guarded, ...namespaces, '--'];
  return [...guarded, ...namespaces, '--net', '--', ...(gate === undefined ? [] : throughGate(gate))];
};

const capture = (child: ReturnType<typeof start>, onOutput: Program['onOutput']) => {
  const out: string[] = [];
  const errors: string[] = [];
  let size = 0;
  let tail = '';
  const listen = (stream: NodeJS.ReadableStream | null, into: string[]): void => {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      size += text.length;
      if (size <= maxCaptured) into.push(text);
      tail = (tail + text).slice(-tailLength);
      onOutput?.(text);
    });
  };
  listen(child.stdout, out);
  listen(child.stderr, errors);
  return () => ({ stdout: out.join(''), stderr: errors.join(''), tail });
};

/** What setpriv and unshare say when there is no such program. */
const isAbsent = ({ exitCode, stderr }: { exitCode: number; stderr: string }): boolean =>
  exitCode === 127 && /^(?:setpriv|unshare): failed to execute .*: No such file/m.test(stderr);

const exitCodeOf = (result: { exitCode?: number | undefined }): number => result.exitCode ?? -1;

/** Group 0 would be our own. A group that is gone is no error. */
const killGroup = (pid: number | undefined): void => {
  if (pid === undefined || pid <= 1) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: all of it has ended.
  }
};
