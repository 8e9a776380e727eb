import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const reloadCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('reload'))
    .description('look at the image definitions now')
    .action(async (_, command: Command) => {
      const { reload } = await import('../asking/actions.ts');
      await reload(command.opts(), terminal);
    });
