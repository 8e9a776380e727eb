import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const whatIfCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('what-if'))
    .description('which images would be rebuilt if these sources were on offer; changes nothing')
    .argument('<source-nvr...>', 'source packages, as name-version-release')
    .addHelpText('after', '\nExample:\n  flibs what-if openssl-3.0.9-2.fc40 zlib-1.3-1.fc40')
    .action(async (sources: string[], _, command: Command) => {
      const { whatIf } = await import('../asking/actions.ts');
      await whatIf(sources, command.opts(), terminal);
    });
