import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withoutParts } from '../../../src/repos/without-parts.ts';

const parts = [
  { after: '<d>', until: ['</d>'] },
  { after: '<f>', until: ['<s>', '</f>'] },
  { from: '<g ', until: ['<s>', '<f>', '<d>'] },
];

const kept = async (pieces: readonly string[]): Promise<string> => {
  async function* given() {
    for (const piece of pieces) yield Buffer.from(piece);
  }
  const left: Uint8Array[] = [];
  for await (const piece of withoutParts(given(), parts)) left.push(piece);
  return Buffer.concat(left).toString('utf8');
};

test('what lies between two marks is cut out, the marks stay', async () => {
  expect(await kept(['a<d>text</d>b<d>more</d>c'])).toBe('a<d></d>b<d></d>c');
});

test('the first of several ends counts', async () => {
  expect(await kept(['<f>x<s>y</s></f>z<f>x</f><s>'])).toBe('<f><s>y</s></f>z<f></f><s>');
});

test('what a part begins with is cut out with it', async () => {
  expect(await kept(['a<g x/>', 'b<s>c<g y/>z<f>w</f>'])).toBe('a<s>c<f></f>');
});

test('a part that never ends is cut to the end', async () => {
  expect(await kept(['a<d>for ever'])).toBe('a<d>');
});

test('a text without marks stays as it is, whatever its pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom('a', '<', 'd', '/', 'é') })),
      async (pieces) => {
        fc.pre(!/<[df]>|<g /.test(pieces.join('')));
        expect(await kept(pieces)).toBe(pieces.join(''));
      },
    ),
  );
});

test('the pieces that a text comes in make no difference', async () => {
  const texts = fc.string({
    unit: fc.constantFrom('<d>', '</d>', '<f>', '<s>', '</f>', '<g ', 'x', 'é', '<'),
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), async (text, size) => {
      const pieces = text.match(new RegExp(`.{1,${size}}`, 'gsu')) ?? [];
      expect(await kept(pieces)).toBe(await kept([text]));
    }),
  );
});
