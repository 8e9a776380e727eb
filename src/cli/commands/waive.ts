import { Command, InvalidArgumentError } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

const resultId = (text: string): number => {
  if (!/^[1-9][0-9]{0,14}$/.test(text)) throw new InvalidArgumentError('It must be the number of a result.');
  return Number(text);
};

const help = `
What is waived counts as passed, for this subject and product version only; of waivers with the same subject, test case,
product version, scenario, arch and result the newest counts. \`flibs gate show <nvr>\` tells what a build waits for.

Examples:
  flibs waive webd-2.0-3 web.load.performance --comment "the lab is down; see INC-42"
  flibs waive webd-2.0-3 web.load.performance --arch s390x --expires 2026-12-24T00:00Z --comment "no hardware"
  flibs waive webd-2.0-3 web.load.performance --take-back --comment "the lab is up again"`;

export const waiveCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('waive'))
    .description('forgive a test result that an image lacks or that failed, or take that back')
    .argument('<subject>', 'the NVR or the index digest of a build; with --subject-type, of anything')
    .argument('<test-case>', 'name of the test case')
    .requiredOption('--comment <text>', 'why, for those who wonder')
    .option('--arch <arch>', 'on this arch only')
    .option('--scenario <name>', 'in this scenario only')
    .option('--result <id>', 'only this result: a later failure is not forgiven', resultId)
    .option('--expires <time>', 'when it ends by itself')
    .option('--take-back', 'what was waived so is waived no more')
    .option('--product-version <version>', 'default: that of the distro release of the image')
    .option('--subject-type <type>', 'what the subject is', 'container-image')
    .option('--username <name>', 'in whose name; default: that of the token')
    .addHelpText('after', help)
    .action(async (subject: string, testCase: string, _, command: Command) => {
      const { waive } = await import('../asking/waivers.ts');
      await waive({ subject, testCase }, command.opts(), terminal);
    });
