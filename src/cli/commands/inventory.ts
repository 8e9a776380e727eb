import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

const help = `
The format is that of \`flibs plan\` and \`flibs what-if --inventory\`: docs/planning.md.

Examples:
  flibs inventory export fleet.json
  flibs inventory export | jq '.images | length'`;

export const inventoryCommand = (terminal: Terminal): Command =>
  new Command('inventory').description('what is known of images and repositories, as one file').addCommand(
    addApiOptions(new Command('export'))
      .description('write images, what is in them and what is on offer, as JSON')
      .argument('[file]', 'where to (default: standard output)')
      .addHelpText('after', help)
      .action(async (file: string | undefined, _, command: Command) => {
        const { exportTo } = await import('../asking/inventory.ts');
        await exportTo(file, command.opts(), terminal);
      }),
  );
