/** Messages collected from the public buses, where a checkout of them lies beside this one. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type ParsedMessage, parseMessageLine } from '../../../src/nominating/dump.ts';

const folder = new URL('../../../../shared/data/messages/', import.meta.url);
const anyRelease = { distroReleases: [], anyRelease: true };

const parsed = (file: string): ParsedMessage[] =>
  readFileSync(new URL(file, folder), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseMessageLine(line, anyRelease));

const counted = (messages: readonly ParsedMessage[]) => {
  const counts = { understood: 0, ignored: 0, refused: 0 };
  for (const { verdict } of messages) counts[verdict] += 1;
  return counts;
};

test('every collected message is understood, ignored with a reason or refused with a reason', () => {
  if (!existsSync(folder)) {
    process.stdout.write('collected messages: not here, so not looked at\n');
    return;
  }
  for (const file of ['relevant.ndjson', 'noise.ndjson']) {
    const messages = parsed(file);
    const counts = counted(messages);
    process.stdout.write(`collected messages: ${file}: ${JSON.stringify(counts)}\n`);
    for (const message of messages) {
      expect(message.verdict === 'understood' ? message.as : message.reason).toBeTruthy();
    }
    if (file === 'noise.ndjson')
      expect(counts).toEqual({ understood: 0, ignored: messages.length, refused: 0 });
  }
});
