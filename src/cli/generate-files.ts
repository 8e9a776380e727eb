/** `flibs generate`: the files of a checkout that are made from others. */
import type { Command } from 'commander';
import type { OptionValues } from './config-options.ts';
import { checkSchemas, generateSchemas } from './generate.ts';
import { print } from './output.ts';
import { checkPages, generatePages } from './pages.ts';
import type { Terminal } from './terminal.ts';
import { UserError } from './user-error.ts';

const inFolder = (names: readonly string[]): string[] => names.map((name) => `schemas/json/${name}`);

/**
 * @param program - the whole command line, which one of the pages describes
 * @throws {@link UserError} `failed` when `--check` finds a file that is not current.
 */
export const generate = async (
  program: Command,
  options: OptionValues,
  terminal: Terminal,
): Promise<void> => {
  if (options['check'] !== true) {
    const written = [...inFolder(await generateSchemas()), ...(await generatePages(program))];
    print(terminal, options, { written }, () =>
      written.length === 0 ? 'all are current\n' : `${written.join('\n')}\n`,
    );
    return;
  }
  const stale = [...inFolder(await checkSchemas()), ...(await checkPages(program))];
  print(terminal, options, { stale }, () =>
    stale.length === 0 ? 'all are current\n' : `${stale.join('\n')}\n`,
  );
  if (stale.length > 0) {
    throw new UserError('failed', `${stale.length} generated files are not current`, {
      hint: 'run `npm run generate`',
    });
  }
};
