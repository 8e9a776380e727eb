import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const whyCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('why'))
    .description('from an artifact back to what caused it: build, reasons, packages, nominations, messages')
    .argument('<digest|nvr|image>', 'index digest, manifest digest, build or image')
    .addHelpText(
      'after',
      '\nExamples:\n  flibs why webd-2.0-3\n  flibs why sha256:855bc1a4...\n  flibs why standalone',
    )
    .action(async (subject: string, _, command: Command) => {
      const { askWhy } = await import('../asking/why.ts');
      await askWhy(subject, command.opts(), terminal);
    });
