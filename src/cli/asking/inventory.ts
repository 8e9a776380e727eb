/** The inventory of a running flibs, written as it comes. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { reasonOf } from '../../config/problem.ts';
import { connect } from '../client.ts';
import type { OptionValues } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';
import { UserError } from '../user-error.ts';

/** A file is there whole or not at all. */
export const exportTo = async (
  file: string | undefined,
  options: OptionValues,
  terminal: Terminal,
): Promise<void> => {
  const client = await connect(options, terminal);
  const text = client.text('/api/v1/inventory');
  if (file === undefined) {
    for await (const part of text) terminal.out(part);
    return;
  }
  const path = resolve(terminal.workingDirectory, file);
  const unfinished = `${path}.part`;
  try {
    await pipeline(text, createWriteStream(unfinished));
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    if (error instanceof UserError) throw error;
    throw new UserError('failed', `${file} was not written: ${reasonOf(error)}`, { cause: error });
  }
  terminal.err(`${file} holds the inventory\n`);
};
