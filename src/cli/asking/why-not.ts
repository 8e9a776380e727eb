import { WhyNot } from '../../api/wire/why-not.ts';
import { connect, part } from '../client.ts';
import type { OptionValues } from '../config-options.ts';
import { print } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { whyNotText } from '../views/why-not.ts';

export const askWhyNot = async (
  { image, source }: { readonly image: string; readonly source: string },
  options: OptionValues,
  terminal: Terminal,
): Promise<void> => {
  const client = await connect(options, terminal);
  const path = `/api/v1/why-not/${part(image)}/${part(source)}`;
  print(terminal, options, await client.get(path, WhyNot), whyNotText);
};
