import { Gate } from '../../api/wire/gate.ts';
import { connect, part } from '../client.ts';
import type { OptionValues } from '../config-options.ts';
import { print } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { gateText } from '../views/gate-of-build.ts';

export const showGate = async (nvr: string, options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  print(terminal, options, await client.get(`/api/v1/gate/${part(nvr)}`, Gate), gateText);
};
