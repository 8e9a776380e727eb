import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const resumeCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('resume'))
    .description('have what was paused go on: what was left alone meanwhile is nominated anew')
    .argument('[image]', 'name of the image')
    .option('--automatic', 'automatic rebuilds')
    .option('--everything', 'everything')
    .option('--by <name>', 'who asks; default: the user who runs this')
    .addHelpText('after', '\nExamples:\n  flibs resume webd\n  flibs resume --everything')
    .action(async (image: string | undefined, _, command: Command) => {
      const { resume } = await import('../asking/pauses.ts');
      await resume(image, command.opts(), terminal);
    });
