/** One command line from its words to its exit code. */
import { CommanderError } from 'commander';
import { type ExitName, exitCodes } from './exit-codes.ts';
import { buildProgram } from './program.ts';
import type { Terminal } from './terminal.ts';
import { UserError } from './user-error.ts';

const isConfigError = (error: unknown): error is Error =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'ConfigError';

/** Loaded only when there is something to tell: masks passwords that a message may quote. */
const tell = async (terminal: Terminal, text: string): Promise<void> => {
  const { maskSecrets } = await import('../config/mask.ts');
  terminal.err(maskSecrets(text));
};

/** The hint's line, where there is one. */
const hintOf = (error: UserError): string => (error.hint === undefined ? '' : `  ${error.hint}\n`);

const fullText = (error: unknown): string => {
  if (!(typeof error === 'object' && error !== null && 'stack' in error)) return String(error);
  const cause = 'cause' in error && error.cause !== undefined ? `\ncaused by ${fullText(error.cause)}` : '';
  return `${String(error.stack)}${cause}`;
};

const exitOf = async (error: unknown, terminal: Terminal): Promise<ExitName> => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 'ok' : 'usage';
  if (error instanceof UserError) {
    await tell(terminal, `flibs: ${error.message}\n${hintOf(error)}`);
    return error.exit;
  }
  if (isConfigError(error)) {
    await tell(terminal, `flibs: ${error.message}\n`);
    return 'usage';
  }
  // Nobody's fault but ours: then the stack trace is what is needed.
  await tell(terminal, `flibs failed in a way it does not know:\n${fullText(error)}\n`);
  return 'failed';
};

/** Runs `flibs` with these words (without node and program name) and resolves to its exit code. */
export const runCommandLine = async (words: readonly string[], terminal: Terminal): Promise<number> => {
  const program = buildProgram(terminal);
  try {
    if (words.length === 0) {
      program.outputHelp({ error: true });
      return exitCodes.usage.code;
    }
    await program.parseAsync(words, { from: 'user' });
    return exitCodes.ok.code;
  } catch (error) {
    return exitCodes[await exitOf(error, terminal)].code;
  }
};
