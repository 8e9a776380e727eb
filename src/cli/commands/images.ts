import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

const show = (terminal: Terminal): Command =>
  addApiOptions(new Command('show'))
    .description('per arch what is current, what it adds, and why it was left alone')
    .argument('<image>', 'name of the image')
    .addHelpText('after', '\nExample:\n  flibs images show webd')
    .action(async (image: string, _, command: Command) => {
      const { showImage } = await import('../asking/images.ts');
      await showImage(image, command.optsWithGlobals(), terminal);
    });

export const imagesCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('images'))
    .description('images, what is released of them, and their newest builds')
    .addCommand(show(terminal))
    .addHelpText('after', '\nExamples:\n  flibs images\n  flibs images --json\n  flibs images show webd')
    .action(async (_, command: Command) => {
      const { listImages } = await import('../asking/images.ts');
      await listImages(command.opts(), terminal);
    });
