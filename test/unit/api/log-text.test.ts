import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type LogReading, logText } from '../../../src/api/log-text.ts';
import type { LogChunk } from '../../../src/api/queries/run-log.ts';

/** A log that has these chunks at each look; the last look's stay. */
const aLog = (looks: readonly (readonly LogChunk[])[], endsAtLook = looks.length) => {
  let look = 0;
  return {
    ended: async () => look >= endsAtLook,
    chunks: async (offset: number) => {
      const present = looks[Math.min(look, looks.length - 1)] ?? [];
      look += 1;
      return present.filter((chunk) => chunk.offset + Buffer.byteLength(chunk.text) > offset);
    },
  };
};

const read = async (source: ReturnType<typeof aLog>, reading: Partial<LogReading> = {}): Promise<string> => {
  let text = '';
  const signal = reading.signal ?? new AbortController().signal;
  for await (const piece of logText(source, { offset: 0, follow: true, period: 0, ...reading, signal }))
    text += piece;
  return text;
};

const one = { offset: 0, text: 'one\n' };
const two = { offset: 4, text: 'two\n' };
const three = { offset: 8, text: 'three\n' };

describe('a log', () => {
  test('is read to its present end', async () => {
    expect(await read(aLog([[one, two]], 99), { follow: false })).toBe('one\ntwo\n');
  });

  test('is followed until the run has ended', async () => {
    expect(await read(aLog([[one], [one], [], [one, two], [one, two, three]]))).toBe('one\ntwo\nthree\n');
  });

  test('waits for a chunk that a later one overtook', async () => {
    expect(
      await read(
        aLog([
          [one, three],
          [one, three],
          [one, two, three],
        ]),
      ),
    ).toBe('one\ntwo\nthree\n');
  });

  test('shows a gap that stays', async () => {
    const shown = 'one\n\n[4 bytes of the log are missing here]\nthree\n';
    expect(await read(aLog([[one, three]], 99), { follow: false })).toBe(shown);
    expect(await read(aLog(Array(20).fill([one, three]), 20))).toBe(shown);
  });

  test('begins in the middle of a chunk', async () => {
    expect(await read(aLog([[one, two]]), { offset: 5 })).toBe('wo\n');
  });

  test('stops when the reader went away', async () => {
    const gone = new AbortController();
    gone.abort();
    expect(await read(aLog([[one]], 99), { signal: gone.signal })).toBe('');
  });

  test('is the same text however it was cut and whenever it was looked at', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 8 }),
        fc.array(fc.nat(8)),
        async (texts, cuts) => {
          let offset = 0;
          const chunks = texts.map((text) => {
            const chunk = { offset, text };
            offset += Buffer.byteLength(text);
            return chunk;
          });
          const looks = [...cuts.sort((a, b) => a - b), texts.length].map((count) => chunks.slice(0, count));
          expect(await read(aLog(looks))).toBe(texts.join(''));
        },
      ),
      { numRuns: 50 },
    );
  });
});
