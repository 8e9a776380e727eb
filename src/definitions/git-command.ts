/** Calls of git: as argument lists, without prompts, hooks, or anything that a repository's configuration could run. */
import { ExecaError, execa } from 'execa';

const MAX_OUTPUT = 1024 * 1024 * 1024;

const safely = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'log.showSignature=false',
  '-c',
  'protocol.ext.allow=never',
];

const environment = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
  LC_ALL: 'C',
};

export interface GitOptions {
  readonly cwd: string;
  readonly input?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What git prints. @throws Error with what git said of its failure. */
export const git = async (args: readonly string[], options: GitOptions): Promise<Buffer> => {
  try {
    const { stdout } = await execa('git', [...safely, ...args], {
      cwd: options.cwd,
      env: environment,
      encoding: 'buffer',
      stripFinalNewline: false,
      maxBuffer: MAX_OUTPUT,
      input: options.input ?? '',
      timeout: (options.timeout ?? 300) * 1000,
      ...(options.signal && { cancelSignal: options.signal }),
    });
    return Buffer.from(stdout);
  } catch (cause) {
    const command = args.find((arg) => !arg.startsWith('-')) ?? '';
    throw new Error(`git ${command} failed: ${said(cause)}`, { cause: withoutCredentials(cause) });
  }
};

const said = (cause: unknown): string => {
  if (!(cause instanceof ExecaError)) return String(cause);
  const printed: unknown = cause.stderr;
  const stderr = printed instanceof Uint8Array ? Buffer.from(printed).toString('utf8') : '';
  const complaints = stderr.split('\n').filter((line) => /^(?:fatal|error): /.test(line));
  const lines = (complaints.length > 0 ? complaints : [stderr.trim()]).join('; ');
  return redact(
    lines ||
      (cause.code === 'ENOENT'
        ? 'git is not installed, or the directory is not there'
        : (cause.originalMessage ?? '')),
  );
};

/** The failed command's line would show a password in a URL. */
const withoutCredentials = (cause: unknown): unknown =>
  cause instanceof ExecaError ? new Error(redact(cause.shortMessage)) : cause;

/** `https://user:password@host` without its middle. */
export const redact = (text: string): string => text.replace(/\/\/[^/@\s]+@/g, '//***@');
