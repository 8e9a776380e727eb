import { Command } from 'commander';
import { addConfigOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const configCommand = (terminal: Terminal): Command =>
  new Command('config').description('the configuration').addCommand(
    addConfigOptions(new Command('show'))
      .description('every key with its effective value and where that came from; passwords masked')
      .option('--json', 'print JSON')
      .addHelpText(
        'after',
        '\nExamples:\n  flibs config show\n  FLIBS_BUS_PREFETCH=20 flibs config show --json',
      )
      .action(async (_, command: Command) => {
        const { showConfig } = await import('../show-config.ts');
        await showConfig(command.opts(), terminal);
      }),
  );
