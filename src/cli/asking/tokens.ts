import { z } from 'zod';
import { Done } from '../../api/wire/action.ts';
import { NewToken, Token } from '../../api/wire/token.ts';
import { connect, part } from '../client.ts';
import { type OptionValues, optionText } from '../config-options.ts';
import { print } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { tokensText } from '../views/tokens.ts';

const path = '/api/v1/tokens';

/** Only the token goes to standard output: it can be sent into a file. */
export const createToken = async (name: string, options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  const expires = optionText(options, 'expires');
  const testCases = options['testCase'];
  const asked = {
    name,
    scopes: options['scope'],
    ...(testCases === undefined ? {} : { testCases }),
    ...(expires === undefined ? {} : { expires }),
  };
  const made = await client.post(path, NewToken, asked);
  print(terminal, options, made, ({ token }) => `${token}\n`);
  if (options['json'] !== true)
    terminal.err(`token ${made.id} is made; it is not shown again: keep it where only ${name} reads it\n`);
};

export const listTokens = async (options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  print(terminal, options, await client.getGuarded(path, z.array(Token)), tokensText);
};

export const revokeToken = async (
  token: string,
  options: OptionValues,
  terminal: Terminal,
): Promise<void> => {
  const client = await connect(options, terminal);
  print(terminal, options, await client.post(`${path}/${part(token)}/revoke`, Done), ({ did }) => `${did}\n`);
};
