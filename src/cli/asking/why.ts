import { Why } from '../../api/wire/why.ts';
import { connect, part } from '../client.ts';
import type { OptionValues } from '../config-options.ts';
import { print } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { whyText } from '../views/why.ts';

export const askWhy = async (subject: string, options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  print(terminal, options, await client.get(`/api/v1/why/${part(subject)}`, Why), whyText);
};
