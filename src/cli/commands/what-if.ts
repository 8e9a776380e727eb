import { Command, Option } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

const help = `
With --inventory no running flibs is needed: a file of \`flibs inventory export\`, or one of your own (docs/planning.md).

Exit code 0: answered, be it that nothing would be rebuilt. 2: what is named is no NVR, no module or no image's name, or
the inventory cannot be used. 4: there is no such image, or no image on such a base.

Examples:
  flibs what-if openssl-3.0.9-2.fc40 zlib-1.3-1.fc40
  flibs what-if --module nodejs:20:4020240101:abcdef12
  flibs what-if --base quay.io/fedora/fedora-minimal
  flibs what-if --source webd --format mermaid`;

const list = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

export const whatIfCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('what-if'))
    .description('which images would be rebuilt if this were on offer, or had changed; changes nothing')
    .argument('[source-nvr...]', 'source packages, as name-version-release')
    .addOption(
      new Option('--module <nsvc>', 'a module, as name:stream:version:context; may be repeated').argParser(
        list,
      ),
    )
    .addOption(
      new Option(
        '--base <pullspec>',
        'an external base that moved, or its repository; may be repeated',
      ).argParser(list),
    )
    .addOption(
      new Option('--source <image>', 'an image whose source changed; may be repeated').argParser(list),
    )
    .option('--inventory <file>', 'ask this inventory, not a running flibs')
    .addOption(
      new Option('--format <format>', 'how it is told (--json is --format json)')
        .choices(['text', 'json', 'dot', 'mermaid'])
        .default('text'),
    )
    .addHelpText('after', help)
    .action(async (sources: string[], _, command: Command) => {
      const { askWhatIf } = await import('../asking/what-if.ts');
      await askWhatIf(sources, command.opts(), terminal);
    });
