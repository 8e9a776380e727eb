/** A terminal that remembers, and runs of the command line on it. */
import { Readable } from 'node:stream';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly workingDirectory?: string;
  readonly interrupted?: AbortSignal;
  /** Told of each piece of output as it comes. */
  readonly onOut?: (text: string) => void;
}

/** Runs `flibs` with these words, away from any configuration of this machine unless the test gives one. */
export const flibs = async (words: readonly string[], given: Given = {}): Promise<Ran> => {
  let out = '';
  let err = '';
  const terminal: Terminal = {
    env: given.env ?? {},
    workingDirectory: given.workingDirectory ?? '/nonexistent',
    stdin: Readable.from([given.stdin ?? '']),
    out: (text) => {
      out += text;
      given.onOut?.(text);
    },
    err: (text) => {
      err += text;
    },
    columns: undefined,
    interrupted: given.interrupted ?? new AbortController().signal,
  };
  const code = await runCommandLine(words, terminal);
  return { code, out, err };
};
