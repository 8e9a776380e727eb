import { Command, Option } from 'commander';
import type { Terminal } from '../terminal.ts';

const help = `
Exit code 0 when everything was rebuilt and released as it should, 1 naming what was not.

Examples:
  flibs demo
  flibs demo --no-install --data-directory /tmp/flibs-demo`;

export const demoCommand = (terminal: Terminal): Command =>
  new Command('demo')
    .description(
      'the whole way on this machine: a package is updated, images are rebuilt, tested and released',
    )
    .option('--no-install', 'install nothing: say what is missing and stop')
    .option('--data-directory <path>', 'where everything is kept (default: a new directory)')
    .option('--json', 'print the summary as JSON')
    .addOption(
      new Option('--log-level <level>', 'the least that is logged')
        .default('warn')
        .choices(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    )
    .addHelpText('after', help)
    .action(async (_, command: Command) => {
      const { demoWith } = await import('../run-servers.ts');
      await demoWith(command.opts(), terminal);
    });
