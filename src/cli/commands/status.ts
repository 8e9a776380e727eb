import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const statusCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('status'))
    .description('how a running flibs stands: consumers, bus, store, workers, and what waits for what')
    .action(async (_, command: Command) => {
      const { showStatus } = await import('../asking/status.ts');
      await showStatus(command.opts(), terminal);
    });
