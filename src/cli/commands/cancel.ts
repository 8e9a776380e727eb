import { Command } from 'commander';
import { rebuildOrNvr } from '../arguments.ts';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const cancelCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('cancel'))
    .description('cancel a rebuild with what only it asked for, or one build')
    .argument('<rebuild|nvr>', 'number of a rebuild, or the build', rebuildOrNvr)
    .addHelpText('after', '\nExamples:\n  flibs cancel 1842\n  flibs cancel webd-2.0-3')
    .action(async (subject: string, _, command: Command) => {
      const { cancel } = await import('../asking/actions.ts');
      await cancel(subject, command.opts(), terminal);
    });
