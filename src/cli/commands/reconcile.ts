import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const reconcileCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('reconcile'))
    .description('nominate what is newer on offer, or changed, and no message told')
    .option('--dry-run', 'only tell what would be nominated')
    .action(async (_, command: Command) => {
      const { reconcile } = await import('../asking/actions.ts');
      await reconcile(command.opts(), terminal);
    });
