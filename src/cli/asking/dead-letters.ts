import { z } from 'zod';
import { Done } from '../../api/wire/action.ts';
import { DeadLetterBrief, DeadLetterDetail } from '../../api/wire/dead-letter.ts';
import { connect, part } from '../client.ts';
import { type OptionValues, optionText } from '../config-options.ts';
import { print } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { deadLettersText, deadLetterText } from '../views/dead-letters.ts';

const path = '/api/v1/dead-letters';

export const listDeadLetters = async (options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  const consumer = optionText(options, 'consumer');
  const query = consumer === undefined ? '' : `?consumer=${part(consumer)}`;
  print(terminal, options, await client.get(`${path}${query}`, z.array(DeadLetterBrief)), deadLettersText);
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
