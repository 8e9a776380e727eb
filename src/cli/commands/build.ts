import { Command } from 'commander';
import { arch, archList } from '../arguments.ts';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const buildCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('build'))
    .description('build an image by hand, whether or not anything is newer')
    .argument('<image>', 'name of the image')
    .option('--arch <arch>', 'only for this arch; may be repeated', archList)
    .addHelpText(
      'after',
      `\nArches: ${arch.names}\n\nExamples:\n  flibs build webd\n  flibs build webd --arch aarch64 --arch s390x`,
    )
    .action(async (image: string, _, command: Command) => {
      const { build } = await import('../asking/actions.ts');
      await build(image, command.opts(), terminal);
    });
