/** What people pause and resume, checked here as well, so that what is wrong is told without a running flibs. */
import { userInfo } from 'node:os';
import type { z } from 'zod';
import { Pause, Resumption } from '../../../schemas/pause.ts';
import { Done } from '../../api/wire/action.ts';
import { connect } from '../client.ts';
import { type OptionValues, optionText } from '../config-options.ts';
import { print } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { UserError } from '../user-error.ts';

type Named = string | undefined;

export const pause = async (image: Named, options: OptionValues, terminal: Terminal): Promise<void> => {
  const [reason, until] = [optionText(options, 'reason'), optionText(options, 'until')];
  const asked = { ...subjectOf('pause', image, options), ...who('pause', options), reason };
  const wanted = checked(Pause, 'pause', until === undefined ? asked : { ...asked, until });
  const client = await connect(options, terminal);
  print(terminal, options, await client.post('/api/v1/pause', Done, wanted), ({ did }) => `${did}\n`);
};

export const resume = async (image: Named, options: OptionValues, terminal: Terminal): Promise<void> => {
  const asked = { ...subjectOf('resume', image, options), ...who('resume', options) };
  const wanted = checked(Resumption, 'resume', asked);
  const client = await connect(options, terminal);
  print(terminal, options, await client.post('/api/v1/resume', Done, wanted), ({ did }) => `${did}\n`);
};

const wrong = (command: string, message: string): UserError =>
  new UserError('usage', message, { hint: `\`flibs ${command} --help\` has examples` });

/** One of the three. */
const subjectOf = (command: string, image: Named, options: OptionValues) => {
  const named = [
    ...(image === undefined ? [] : [{ scope: 'image', image }]),
    ...(options['automatic'] === true ? [{ scope: 'automatic' }] : []),
    ...(options['everything'] === true ? [{ scope: 'everything' }] : []),
  ];
  const [subject] = named;
  if (subject === undefined || named.length > 1)
    throw wrong(command, `name one: an image, --automatic or --everything (not ${named.length} of them)`);
  return subject;
};

const who = (command: string, options: OptionValues): { readonly by: string } => {
  const by = optionText(options, 'by');
  if (by !== undefined) return { by };
  try {
    return { by: userInfo().username };
  } catch {
    throw wrong(command, 'the user who runs this has no name here: --by <name> tells who asks');
  }
};

const checked = <T>(schema: z.ZodType<T>, command: string, asked: unknown): T => {
  const parsed = schema.safeParse(asked, { reportInput: true });
  if (parsed.success) return parsed.data;
  const told = parsed.error.issues.map(({ path: [key], message, input }) => {
    const where = key === 'image' ? 'image' : `--${String(key)}`;
    return `${where} ${JSON.stringify(input)} ${message}`;
  });
  throw wrong(command, told.join('; '));
};
