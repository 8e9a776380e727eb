import { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

const help = `
Both files and the answer are explained in docs/planning.md, their JSON Schemas are in schemas/json.
Exit code 0: planned, be it that there is nothing to do. Exit code 2: a file cannot be used; where and why is said.

Example:
  flibs plan --inventory inventory.json --change change.json --json`;

export const planCommand = (terminal: Terminal): Command =>
  new Command('plan')
    .description(
      'the least work that fixes everything, for an inventory and a change in files; touches nothing else',
    )
    .requiredOption('--inventory <file>', 'images, what is in them, and what is on offer')
    .requiredOption('--change <file>', 'what happened: nominations, and what has come on offer with them')
    .option('--json', 'print JSON')
    .addHelpText('after', help)
    .action(async (_, command: Command) => {
      const { planOfFiles } = await import('../plan-of-files.ts');
      await planOfFiles(command.opts(), terminal);
    });
