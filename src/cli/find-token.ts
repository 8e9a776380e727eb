/** The token to write with: `--token-file`, else `FLIBS_TOKEN`, else what the flibs on this data directory left for its owner. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readAddress } from '../api/address-file.ts';
import { readLocalToken } from '../api/local-token.ts';
import { reasonOf } from '../config/problem.ts';
import { looksLikeToken } from '../runtime/token-text.ts';
import { configOf, type OptionValues, optionText } from './config-options.ts';
import type { Terminal } from './terminal.ts';
import { UserError } from './user-error.ts';

/** What was found is never told: it may be a secret of something else. */
const checked = (text: string, origin: string): string => {
  if (looksLikeToken(text.trim())) return text.trim();
  throw new UserError('usage', `${origin} holds no token of flibs`, {
    hint: 'a token is one line that begins with flibs_; `flibs token create` makes one',
  });
};

const fromFile = async (file: string, { workingDirectory }: Terminal): Promise<string> => {
  try {
    return await readFile(resolve(workingDirectory, file), 'utf8');
  } catch (cause) {
    throw new UserError('usage', `the token file ${file} cannot be read: ${reasonOf(cause)}`, { cause });
  }
};

/** Of this machine's flibs, if it is the one at `url`: nobody else may see its token. */
const ownToken = async (
  url: string,
  options: OptionValues,
  terminal: Terminal,
): Promise<string | undefined> => {
  // A configuration that cannot be read names no data directory; where the API is was told otherwise.
  const directory = await configOf(options, terminal).then(
    ({ config }) => config.data_directory,
    () => undefined,
  );
  if (directory === undefined || (await readAddress(directory))?.url !== url) return undefined;
  return readLocalToken(directory);
};

/** Undefined where there is none: then the API says what it would need. @throws UserError */
export const findToken = async (
  url: string,
  options: OptionValues,
  terminal: Terminal,
): Promise<string | undefined> => {
  const file = optionText(options, 'tokenFile');
  if (file !== undefined) return checked(await fromFile(file, terminal), `--token-file ${file}`);
  const variable = terminal.env['FLIBS_TOKEN'];
  if (variable !== undefined && variable !== '') return checked(variable, 'FLIBS_TOKEN');
  return ownToken(url, options, terminal);
};
