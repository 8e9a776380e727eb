/** What the command line reads from and writes to; tests hand in their own. */
import { Readable } from 'node:stream';
import { UserError } from './user-error.ts';

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly stdin: Readable;
  /** Results. */
  readonly out: (text: string) => void;
  /** Everything else. */
  readonly err: (text: string) => void;
  /** Columns of standard output; undefined where it is no terminal. */
  readonly columns: number | undefined;
  /** Aborted by Ctrl-C, for commands that watch or follow; its reason is what they end with. */
  readonly interrupted: AbortSignal;
}

/** For what only wants to know the commands. */
export const nowhere: Terminal = {
  env: {},
  workingDirectory: '/',
  stdin: Readable.from([]),
  out: () => undefined,
  err: () => undefined,
  columns: undefined,
  interrupted: new AbortController().signal,
};

/** The process's own. A reader that went away (`flibs ... | head`) ends the program quietly. */
export const processTerminal = (): Terminal => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const interruption = new AbortController();
  return {
    env: process.env,
    workingDirectory: process.cwd(),
    stdin: process.stdin,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    get interrupted() {
      // Only those who ask take Ctrl-C over; servers have handlers of their own.
      if (process.listenerCount('SIGINT', onInterrupt) === 0) process.once('SIGINT', onInterrupt);
      return interruption.signal;
    },
  };

  function onInterrupt(): void {
    interruption.abort(new UserError('interrupted', 'interrupted'));
  }
};
