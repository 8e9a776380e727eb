import { Command } from 'commander';
import { addConfigOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const startCommand = (terminal: Terminal): Command =>
  addConfigOptions(new Command('start'))
    .description('set up this machine with the example images, as the demo does, and stay up as a service')
    .option('--no-install', 'install nothing: say what is missing and stop')
    .addHelpText('after', '\nExample:\n  flibs start --data-directory /var/lib/flibs')
    .action(async (_, command: Command) => {
      const { startWith } = await import('../run-servers.ts');
      await startWith(command.opts(), terminal);
    });
