import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

const help = `
While an image or automatic rebuilds are paused, plans leave alone what they would build, and say so; what is nominated
meanwhile is planned when they go on. A paused image cannot be built by hand either. While everything is paused, plans go
on and nothing new starts; what runs goes on to its end. \`flibs status\` lists what is paused.

Examples:
  flibs pause webd --reason "its tests are being mended"
  flibs pause --automatic --until 2026-12-01T08:00Z --reason "release of F44"
  flibs pause --everything --reason "the registry is moved"`;

export const pauseCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('pause'))
    .description('pause an image, automatic rebuilds or everything')
    .argument('[image]', 'name of the image')
    .option('--automatic', 'all rebuilds that no person asked for')
    .option('--everything', 'nothing new starts')
    .requiredOption('--reason <text>', 'why, for those who wonder')
    .option('--until <time>', 'when it ends by itself; without it, `flibs resume` ends it')
    .option('--by <name>', 'who asks; default: the user who runs this')
    .addHelpText('after', help)
    .action(async (image: string | undefined, _, command: Command) => {
      const { pause } = await import('../asking/pauses.ts');
      await pause(image, command.opts(), terminal);
    });
