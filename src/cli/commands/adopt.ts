import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const adoptCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('adopt'))
    .description(
      'take in images that flibs did not build, to be planned for like released ones; builds nothing',
    )
    .argument('<pullspec-or-file...>', 'registry/repository:tag or @digest; or a file with one a line')
    .option('--distro-release <name>', 'where newer packages are looked for, if several are configured')
    .addHelpText(
      'after',
      '\nExamples:\n  flibs adopt registry.example.org/web/httpd:2.4\n  flibs adopt our-images.txt --distro-release F40',
    )
    .action(async (given: string[], _, command: Command) => {
      const { adopt } = await import('../asking/adopt.ts');
      await adopt(given, command.opts(), terminal);
    });
