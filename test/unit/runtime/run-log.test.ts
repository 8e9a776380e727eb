import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Chunk, openRunLog } from '../../../src/runtime/run-log.ts';

const mebibyte = 1024 * 1024;

const written = async (...texts: string[]) => {
  const chunks: Chunk[] = [];
  const log = openRunLog(async (chunk) => chunks.push(chunk));
  for (const text of texts) log.write(text);
  await log.close();
  return { chunks, printed: log.printed() };
};

const sizeOf = ({ text }: Chunk): number => Buffer.byteLength(text);

/** Each chunk begins where the one before ended. */
const expectGapless = (chunks: readonly Chunk[]) => {
  let at = 0;
  for (const chunk of chunks) {
    expect(chunk.offset).toBe(at);
    at += sizeOf(chunk);
  }
};

describe('the live log', () => {
  test('sends what was printed at the latest when it is closed, together', async () => {
    const { chunks, printed } = await written('one\n', 'two\n');
    expect(chunks).toEqual([{ offset: 0, text: 'one\ntwo\n' }]);
    expect(printed).toBe('one\ntwo\n');
  });

  test('sends nothing where nothing was printed', async () => {
    expect(await written()).toEqual({ chunks: [], printed: '' });
  });

  test('is sent while the run goes on', async () => {
    const log = await new Promise<ReturnType<typeof openRunLog>>((resolve) => {
      const opened = openRunLog(async () => resolve(opened));
      opened.write('a line\n');
    });
    await log.close();
  });

  test('is cut into chunks of 60 KiB, each full but the last', async () => {
    const { chunks } = await written('x'.repeat(150 * 1024));
    expect(chunks.map(sizeOf)).toEqual([60 * 1024, 60 * 1024, 30 * 1024]);
    expectGapless(chunks);
  });

  test.each(['é', '€', '🙂'])('never cuts through %s', async (character) => {
    const text = `x${character.repeat(50_000)}`;
    const { chunks, printed } = await written(text);
    expect(chunks.map((chunk) => chunk.text).join('')).toBe(text);
    expect(Math.max(...chunks.map(sizeOf))).toBeLessThanOrEqual(60 * 1024);
    expectGapless(chunks);
    expect(printed).toBe(text);
  });

  test('is the text that was printed, whatever that is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 }), async (texts) => {
        const { chunks, printed } = await written(...texts);
        expect(chunks.map(({ text }) => text).join('')).toBe(texts.join(''));
        expect(printed).toBe(texts.join(''));
        expectGapless(chunks);
      }),
    );
  });
});

describe('a log without end', () => {
  test('is kept to 16 MiB, and says how much more there was', async () => {
    const { chunks, printed } = await written(...Array.from({ length: 20 }, () => 'x'.repeat(mebibyte)));
    expect(printed).toBe(`${'x'.repeat(16 * mebibyte)}\n[${4 * mebibyte} bytes more were not kept]\n`);
    expect(Math.max(...chunks.map((chunk) => chunk.offset + sizeOf(chunk)))).toBeLessThanOrEqual(
      16 * mebibyte,
    );
  });

  test('has no hole: what follows the first that was left out is left out too', async () => {
    const { printed } = await written('x'.repeat(16 * mebibyte - 1), 'long', 'y');
    expect(printed.slice(16 * mebibyte - 1)).toBe('\n[5 bytes more were not kept]\n');
  });
});

describe('a broker that is away', () => {
  test('gets no more than 64 chunks at once; the gap shows in the offsets, and the whole is kept', async () => {
    const sent: Chunk[] = [];
    let isBack: () => void = () => undefined;
    const away = new Promise<void>((resolve) => {
      isBack = resolve;
    });
    const log = openRunLog((chunk) => {
      sent.push(chunk);
      return away;
    });
    log.write('x'.repeat(100 * 60 * 1024));
    expect(sent).toHaveLength(64);
    isBack();
    await new Promise(setImmediate);
    log.write('the end');
    await log.close();
    expect(sent.at(-1)).toEqual({ offset: 100 * 60 * 1024, text: 'the end' });
    expect(log.printed()).toHaveLength(100 * 60 * 1024 + 7);
  });

  test('fails no run: a chunk that cannot be sent is forgotten', async () => {
    const log = openRunLog(() => Promise.reject(new Error('refused')));
    log.write('a line\n');
    await log.close();
    expect(log.printed()).toBe('a line\n');
  });
});
