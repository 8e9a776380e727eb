import { Command, InvalidArgumentError } from 'commander';
import { scopes } from '../../../schemas/scopes.ts';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

const scopeList = (text: string, before: readonly string[] = []): readonly string[] => {
  const given = text.split(',');
  if (given.some((scope) => !scopes.some((known) => known === scope)))
    throw new InvalidArgumentError(`Allowed choices are ${scopes.join(', ')}.`);
  return [...before, ...given];
};

const help = `
Scopes: results (report test results), waivers (waive them), rebuilds (build, cancel, retry, pause, adopt), admin
(everything, tokens too). The text is printed once; only its hash is kept.

Examples:
  flibs token create web-ci --scope results --test-case 'web.*' > web-ci.token
  flibs token create ann --scope waivers,rebuilds --expires 2027-01-01T00:00Z`;

const create = (terminal: Terminal): Command =>
  addApiOptions(new Command('create'))
    .description('make a token; it is printed once')
    .argument('<name>', 'who has it, in a word')
    .requiredOption('--scope <scope>', 'what it allows; may be repeated', scopeList)
    .option('--test-case <glob...>', 'only these test cases may be reported or waived with it')
    .option('--expires <time>', 'when it ends by itself; without it, `flibs token revoke` ends it')
    .addHelpText('after', help)
    .action(async (name: string, _, command: Command) => {
      const { createToken } = await import('../asking/tokens.ts');
      await createToken(name, command.optsWithGlobals(), terminal);
    });

const list = (terminal: Terminal): Command =>
  addApiOptions(new Command('list'))
    .description('all tokens: who has them, what they allow, when they were used last')
    .action(async (_, command: Command) => {
      const { listTokens } = await import('../asking/tokens.ts');
      await listTokens(command.optsWithGlobals(), terminal);
    });

const revoke = (terminal: Terminal): Command =>
  addApiOptions(new Command('revoke'))
    .description('let nobody in with a token any more, from now on')
    .argument('<token>', 'its name, or its number')
    .addHelpText('after', '\nExample:\n  flibs token revoke web-ci')
    .action(async (token: string, _, command: Command) => {
      const { revokeToken } = await import('../asking/tokens.ts');
      await revokeToken(token, command.optsWithGlobals(), terminal);
    });

export const tokenCommand = (terminal: Terminal): Command =>
  new Command('token')
    .description('the tokens with which others may write')
    .addCommand(create(terminal))
    .addCommand(list(terminal))
    .addCommand(revoke(terminal));
