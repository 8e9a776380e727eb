import { Command } from 'commander';
import { rowId } from '../arguments.ts';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

const show = (terminal: Terminal): Command =>
  addApiOptions(new Command('show'))
    .description('one message with its headers and body')
    .argument('<id>', 'number of the dead letter', rowId)
    .action(async (id: number, _, command: Command) => {
      const { showDeadLetter } = await import('../asking/dead-letters.ts');
      await showDeadLetter(id, command.optsWithGlobals(), terminal);
    });

const retry = (terminal: Terminal): Command =>
  addApiOptions(new Command('retry'))
    .description('hand it to its consumer once more')
    .argument('<id>', 'number of the dead letter', rowId)
    .action(async (id: number, _, command: Command) => {
      const { retryDeadLetter } = await import('../asking/dead-letters.ts');
      await retryDeadLetter(id, command.optsWithGlobals(), terminal);
    });

export const deadLettersCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('dead-letters'))
    .description('messages that were put aside, and why')
    .option('--consumer <name>', 'only of this consumer')
    .addCommand(show(terminal))
    .addCommand(retry(terminal))
    .addHelpText(
      'after',
      '\nExamples:\n  flibs dead-letters\n  flibs dead-letters show 7\n  flibs dead-letters retry 7',
    )
    .action(async (_, command: Command) => {
      const { listDeadLetters } = await import('../asking/dead-letters.ts');
      await listDeadLetters(command.opts(), terminal);
    });
