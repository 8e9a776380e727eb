import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

const help = `
The files are explained in docs/gating.md. Results and waivers are lists as ResultsDB and WaiverDB give them, the
request is what one would send to Greenwave, and so is the answer. Without --remote-rules, files that policies refer
to are taken as not there.
Exit code 0: satisfied. Exit code 1: not satisfied, or waiting. Exit code 2: a file cannot be used, or the request asks
for what cannot be decided; where and why is said.

Example:
  flibs gate check --policies policies/ --results results.json --waivers waivers.json --request request.json`;

const check = (terminal: Terminal): Command =>
  new Command('check')
    .description('decide by policies, results and waivers in files, as Greenwave would; touches nothing else')
    .requiredOption('--policies <dir>', 'folder with policies in YAML')
    .requiredOption('--results <file>', 'test results, as JSON')
    .requiredOption('--waivers <file>', 'waivers, as JSON')
    .requiredOption('--request <file>', 'what is asked, as JSON')
    .option('--remote-rules <file>', 'files that policies refer to, as JSON')
    .option('--json', 'print JSON')
    .addHelpText('after', help)
    .action(async (_, command: Command) => {
      const { checkGate } = await import('../gate-of-files.ts');
      await checkGate(command.optsWithGlobals(), terminal);
    });

const show = (terminal: Terminal): Command =>
  addApiOptions(new Command('show'))
    .description('what a build of a running flibs waits for, requirement by requirement and arch by arch')
    .argument('<nvr>', 'the build')
    .addHelpText('after', '\nExample:\n  flibs gate show webd-2.0-3')
    .action(async (nvr: string, _, command: Command) => {
      const { showGate } = await import('../asking/gate.ts');
      await showGate(nvr, command.optsWithGlobals(), terminal);
    });

export const gateCommand = (terminal: Terminal): Command =>
  new Command('gate')
    .description('what policies, test results and waivers come to')
    .addCommand(show(terminal))
    .addCommand(check(terminal));
