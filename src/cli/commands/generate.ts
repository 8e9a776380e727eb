import { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

/** @param program - the whole command line, on no terminal: pages are made from it */
export const generateCommand = (terminal: Terminal, program: () => Command): Command =>
  new Command('generate')
    .description('write the files of a checkout that are made from others: JSON Schemas and pages of docs/')
    .option('--check', 'write nothing; exit code 1 if one is not current')
    .option('--json', 'print JSON')
    .action(async (_, command: Command) => {
      const { generate } = await import('../generate-files.ts');
      await generate(program(), command.opts(), terminal);
    });
