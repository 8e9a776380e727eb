import { Status } from '../../api/wire/status.ts';
import { connect } from '../client.ts';
import type { OptionValues } from '../config-options.ts';
import { print } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { statusText } from '../views/status.ts';

export const showStatus = async (options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  print(terminal, options, await client.get('/api/v1/status', Status), statusText);
};
