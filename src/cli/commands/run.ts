import { Command } from 'commander';
import { archList } from '../arguments.ts';
import { addConfigOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const runCommand = (terminal: Terminal): Command =>
  addConfigOptions(new Command('run'))
    .description('run these consumers alone, as often and on as many machines as you like, until Ctrl-C')
    .argument('<consumer...>', 'names of consumers; docs and `flibs status` list them')
    .option(
      '--arch <arch>',
      'arch that an image-builder builds for; may be repeated (same as --worker-arches)',
      archList,
    )
    .addHelpText(
      'after',
      '\nExamples:\n  flibs run rebuild-planner\n  flibs run image-builder --arch aarch64 --worker-slots 4',
    )
    .action(async (names: string[], _, command: Command) => {
      const { runWith } = await import('../run-servers.ts');
      await runWith(names, command.opts(), terminal);
    });
