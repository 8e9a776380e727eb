import { Command, Option } from 'commander';
import type { Terminal } from '../terminal.ts';

const help = `
The file holds one JSON object a line, {topic, body, headers?, id?}, as \`fedora-messaging record\` writes it; - is
standard input. Without a configuration any distro release is taken for a configured one.

With --json one object a line: {id, topic, verdict: understood|ignored|refused, reason?, as?}.

Examples:
  flibs messages parse recorded.ndjson
  fedora-messaging record - --limit 100 | flibs messages parse - --json`;

export const messagesCommand = (terminal: Terminal): Command =>
  new Command('messages').description('look at messages without a running flibs').addCommand(
    new Command('parse')
      .description('what flibs would make of each message: understood as what, ignored or refused and why')
      .argument('<file>', "a file in fedora-messaging's dump format, or - for standard input")
      .addOption(
        new Option('--config <file>', 'for its distro releases (default: FLIBS_CONFIG, else ./flibs.yaml)'),
      )
      .option('--json', 'print one JSON object a line')
      .addHelpText('after', help)
      .action(async (file: string, _, command: Command) => {
        const { parseMessages } = await import('../parse-messages.ts');
        await parseMessages(file, command.opts(), terminal);
      }),
  );
