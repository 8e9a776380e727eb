/**
 * The token of the machine's own command line: `api.token` in the data directory, for its owner alone. Another one at
 * each start, so that what is left of a flibs that was killed opens nothing.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { looksLikeToken } from '../runtime/token-text.ts';

const fileIn = (dataDirectory: string): string => join(dataDirectory, 'api.token');

/** Written beside and moved into place, so that nobody reads half of it. */
export const writeLocalToken = async (dataDirectory: string, token: string): Promise<void> => {
  const beside = `${fileIn(dataDirectory)}.${process.pid}`;
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  // What a process that was killed left there keeps its mode: it is made anew.
  await rm(beside, { force: true });
  await writeFile(beside, `${token}\n`, { mode: 0o600, flag: 'wx' });
  await rename(beside, fileIn(dataDirectory));
};

/** Undefined where there is none that this user can read. */
export const readLocalToken = async (dataDirectory: string): Promise<string | undefined> => {
  const text = await readFile(fileIn(dataDirectory), 'utf8').catch(() => '');
  return looksLikeToken(text.trim()) ? text.trim() : undefined;
};

/** Removes our own only: another flibs may have taken the directory over. */
export const removeLocalToken = async (dataDirectory: string, token: string): Promise<void> => {
  if ((await readLocalToken(dataDirectory)) === token) await rm(fileIn(dataDirectory), { force: true });
};
