/** `flibs messages parse`: what flibs would make of each line of a dump. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { reasonOf } from '../config/problem.ts';
import { type ParsedMessage, parseMessageLine } from '../nominating/dump.ts';
import type { Knowledge } from '../nominating/knowledge.ts';
import { configOf, type OptionValues } from './config-options.ts';
import { gitPlaceOf } from './running/settings.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './text-table.ts';
import { UserError } from './user-error.ts';

const openInput = async (file: string, terminal: Terminal): Promise<Readable> => {
  if (file === '-') return terminal.stdin;
  const path = resolve(terminal.workingDirectory, file);
  try {
    const handle = await open(path);
    if (!(await handle.stat()).isDirectory()) return createReadStream(path, { fd: handle });
    await handle.close();
  } catch (error) {
    throw new UserError('usage', `${path} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  throw new UserError('usage', `${path} is a directory`, { hint: 'give a file of one JSON object a line' });
};

const knowledgeOf = async (options: OptionValues, terminal: Terminal): Promise<Knowledge> => {
  const { config } = await configOf(options, terminal);
  const distroReleases = config.distro_releases;
  return distroReleases.length === 0
    ? { distroReleases, anyRelease: true }
    : { distroReleases, definitions: gitPlaceOf(config) };
};

const madeOf = ({ as, reason }: ParsedMessage): string =>
  as === undefined ? (reason ?? '') : JSON.stringify(as);

const line = (message: ParsedMessage): string =>
  `${message.verdict.padEnd(10)}  ${printable(message.id ?? '-')}  ${printable(message.topic ?? '-')}  ${printable(madeOf(message))}\n`;

/** As the contract has it: `{id, topic, verdict, reason?, as?}`. */
const json = ({ id, topic, verdict, reason, as }: ParsedMessage): string =>
  `${JSON.stringify({ id, topic, verdict, ...(reason === undefined ? {} : { reason }), ...(as === undefined ? {} : { as }) })}\n`;

/** @throws {@link UserError} `usage` when the file cannot be read; lines that are no messages are refused, not thrown. */
export const parseMessages = async (
  file: string,
  options: OptionValues,
  terminal: Terminal,
): Promise<void> => {
  const knowledge = await knowledgeOf(options, terminal);
  const input = await openInput(file, terminal);
  const counts = { understood: 0, ignored: 0, refused: 0 };
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (text.trim() === '') continue;
    const message = parseMessageLine(text, knowledge);
    counts[message.verdict] += 1;
    terminal.out(options['json'] === true ? json(message) : line(message));
  }
  if (options['json'] === true) return;
  const total = counts.understood + counts.ignored + counts.refused;
  terminal.out(
    `${total} messages: ${counts.understood} understood, ${counts.ignored} ignored, ${counts.refused} refused\n`,
  );
};
