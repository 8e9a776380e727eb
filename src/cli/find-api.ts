/** Where the API is: `--api`, else `FLIBS_API`, else what the data directory says. */
import { readAddress } from '../api/address-file.ts';
import { configOf, type OptionValues, optionText } from './config-options.ts';
import type { Terminal } from './terminal.ts';
import { UserError } from './user-error.ts';

const checked = (url: string, origin: string): string => {
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return url.replace(/\/+$/, '');
  throw new UserError('usage', `${origin} must be an http: or https: address, not ${JSON.stringify(url)}`);
};

/** @throws {@link UserError} `no-flibs` naming the data directory that was looked into. */
export const findApi = async (options: OptionValues, terminal: Terminal): Promise<string> => {
  const given = optionText(options, 'api');
  if (given !== undefined) return checked(given, '--api');
  const variable = terminal.env['FLIBS_API'];
  if (variable !== undefined && variable !== '') return checked(variable, 'FLIBS_API');
  const { config } = await configOf(options, terminal);
  const address = await readAddress(config.data_directory);
  if (address !== undefined) return checked(address.url, `${config.data_directory}/api.json`);
  throw new UserError('no-flibs', `no flibs is running on the data directory ${config.data_directory}`, {
    hint: 'start one with `flibs up`, or name another with --data-directory or --api',
  });
};
