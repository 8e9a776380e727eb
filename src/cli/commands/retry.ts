import { Command } from 'commander';
import { arch, nvr } from '../arguments.ts';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const retryCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('retry'))
    .description('try what failed of a build again')
    .argument('<nvr>', 'the build', nvr)
    .option('--arch <arch>', 'only this arch (default: all that failed)', arch.parse)
    .addHelpText('after', '\nExamples:\n  flibs retry webd-2.0-3\n  flibs retry webd-2.0-3 --arch s390x')
    .action(async (nvr: string, _, command: Command) => {
      const { retry } = await import('../asking/actions.ts');
      await retry(nvr, command.opts(), terminal);
    });
