import { z } from 'zod';
import { Done } from '../../api/wire/action.ts';
import { DeadLetterBrief, DeadLetterDetail } from '../../api/wire/dead-letter.ts';
import { Status } from '../../api/wire/status.ts';
import { type Client, connect, part } from '../client.ts';
import { type OptionValues, optionText } from '../config-options.ts';
import { print } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { UserError } from '../user-error.ts';
import { deadLettersText, deadLetterText } from '../views/dead-letters.ts';

const path = '/api/v1/dead-letters';

export const listDeadLetters = async (options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  const consumer = optionText(options, 'consumer');
  const query = consumer === undefined ? '' : `?consumer=${part(consumer)}`;
  const letters = await client.get(`${path}${query}`, z.array(DeadLetterBrief));
  if (letters.length === 0 && consumer !== undefined) await checkRuns(client, consumer);
  print(terminal, options, letters, deadLettersText);
};

/** A name with a slip of the pen has no dead letters either. */
const checkRuns = async (client: Client, name: string): Promise<void> => {
  const here = await client.get('/api/v1/status', Status);
  const names = [here, ...here.processes].flatMap(({ consumers }) => consumers.map((each) => each.name));
  if (names.includes(name)) return;
  throw new UserError('usage', `no consumer ${JSON.stringify(name)} runs, nor has it left dead letters`, {
    hint: `there are ${[...new Set(names)].join(', ')}`,
  });
};

export const showDeadLetter = async (
  id: number,
  options: OptionValues,
  terminal: Terminal,
): Promise<void> => {
  const client = await connect(options, terminal);
  print(terminal, options, await client.get(`${path}/${id}`, DeadLetterDetail), deadLetterText);
};

export const retryDeadLetter = async (
  id: number,
  options: OptionValues,
  terminal: Terminal,
): Promise<void> => {
  const client = await connect(options, terminal);
  print(terminal, options, await client.post(`${path}/${id}/retry`, Done), ({ did }) => `${did}\n`);
};
