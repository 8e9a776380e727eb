import { Command, Option } from 'commander';
import { arch, nvr } from '../arguments.ts';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const logsCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('logs'))
    .description("the log of an arch build's newest run, also while it goes on")
    .argument('<nvr>', 'the build', nvr)
    .addOption(new Option('--arch <arch>', 'which arch').argParser(arch.parse).makeOptionMandatory())
    .option('--follow', 'go on until the run has ended; waits for one that has not begun')
    .addHelpText(
      'after',
      '\nWith --json each piece of text is a line {"text": ...}.\n\nExample:\n  flibs logs webd-2.0-3 --arch aarch64 --follow',
    )
    .action(async (nvr: string, _, command: Command) => {
      const { showLog } = await import('../asking/logs.ts');
      await showLog(nvr, command.opts(), terminal);
    });
