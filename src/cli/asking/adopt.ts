/** Has images adopted and tells of each as it is read. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { AdoptionOutcome } from '../../api/wire/adoption.ts';
import { type Client, connect } from '../client.ts';
import { type OptionValues, optionText } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';
import { printable } from '../text-table.ts';
import { UserError } from '../user-error.ts';

/** Milliseconds between two looks. */
const period = 300;
/** So many in one request, which takes 64 KiB. */
const portion = 50;

export const adopt = async (
  given: readonly string[],
  options: OptionValues,
  terminal: Terminal,
): Promise<void> => {
  const pullspecs = (await Promise.all(given.map((word) => pullspecsOf(word, terminal)))).flat();
  const client = await connect(options, terminal);
  let failed = 0;
  for (let at = 0; at < pullspecs.length; at += portion) {
    const some = pullspecs.slice(at, at + portion);
    for await (const outcome of outcomes(client, await ask(client, some, options), terminal.interrupted)) {
      if (outcome.state === 'failed') failed += 1;
      terminal.out(options['json'] === true ? `${JSON.stringify(outcome)}\n` : lineOf(outcome));
    }
  }
  if (failed === 0) return;
  throw new UserError('failed', `${failed} of ${pullspecs.length} images could not be adopted`, {
    hint: 'each was told why above; the others are adopted',
  });
};

/** A file's lines, without comments and blank ones; what is no file is taken for a pullspec. */
const pullspecsOf = async (word: string, { workingDirectory }: Terminal): Promise<string[]> => {
  const path = resolve(workingDirectory, word);
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (!isFile) return [word];
  const lines = (await readFile(path, 'utf8')).split('\n').map((line) => line.trim());
  const named = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (named.length > 0) return named;
  throw new UserError('usage', `${word} names no image`, { hint: 'one pullspec a line, # for comments' });
};

const ask = async (
  client: Client,
  pullspecs: readonly string[],
  options: OptionValues,
): Promise<number[]> => {
  const distroRelease = optionText(options, 'distroRelease');
  const sent = { pullspecs, ...(distroRelease === undefined ? {} : { distroRelease }) };
  return (await client.post('/api/v1/adoptions', z.object({ ids: z.array(z.number()) }), sent)).ids;
};

/** Each once, when it has ended. */
async function* outcomes(
  client: Client,
  ids: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<AdoptionOutcome> {
  const open = new Set(ids);
  while (open.size > 0) {
    const range = `first=${Math.min(...open)}&last=${Math.max(...open)}`;
    const rows = await client.get(`/api/v1/adoptions?${range}`, z.array(AdoptionOutcome));
    for (const row of rows.filter(({ id, state }) => open.has(id) && state !== 'waiting')) {
      open.delete(row.id);
      yield row;
    }
    if (open.size > 0) await wait(period, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

const lineOf = ({ pullspec, state, nvr, told }: AdoptionOutcome): string => {
  const what = state === 'adopted' ? `adopted as ${nvr}` : 'NOT adopted';
  return `${printable(pullspec)}: ${what}: ${printable(told ?? '')}\n`;
};
