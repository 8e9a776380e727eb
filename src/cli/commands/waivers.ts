import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const waiversCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('waivers'))
    .description('who waived which test of what, and why; the newest first')
    .argument('[subject]', 'only of this NVR or digest')
    .option('--test-case <name>', 'only of this test case')
    .option('--all', 'also those that newer ones have replaced')
    .addHelpText('after', '\nExample:\n  flibs waivers webd-2.0-3')
    .action(async (subject: string | undefined, _, command: Command) => {
      const { listWaivers } = await import('../asking/waivers.ts');
      await listWaivers(subject, command.opts(), terminal);
    });
