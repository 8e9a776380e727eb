import { Command } from 'commander';
import { addConfigOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const upCommand = (terminal: Terminal): Command =>
  addConfigOptions(new Command('up'))
    .description('run all consumers and the API in one process, until Ctrl-C')
    .addHelpText(
      'after',
      '\nExamples:\n  flibs up --config flibs.yaml\n  flibs up --consumers rebuild-planner,release-gate',
    )
    .action(async (_, command: Command) => {
      const { upWith } = await import('../run-servers.ts');
      await upWith(command.opts(), terminal);
    });
