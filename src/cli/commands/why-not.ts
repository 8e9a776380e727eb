import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const whyNotCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('why-not'))
    .description('why an image is not rebuilt for a source package, arch by arch')
    .argument('<image>', 'name of the image')
    .argument('<source>', 'source package, by name or as name-version-release')
    .addHelpText(
      'after',
      '\nExamples:\n  flibs why-not webd openssl\n  flibs why-not webd openssl-3.0.9-2.fc40',
    )
    .action(async (image: string, source: string, _, command: Command) => {
      const { askWhyNot } = await import('../asking/why-not.ts');
      await askWhyNot({ image, source }, command.opts(), terminal);
    });
