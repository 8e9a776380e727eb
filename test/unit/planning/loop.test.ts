import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Arch, Nvr } from '../../../schemas/ids.ts';
import { describeLoop, type Made, metBefore } from '../../../src/planning/loop.ts';
import { named } from './fleet.ts';

const made = (number: number, contentId: string, more: Partial<Made> = {}): Made => ({
  nvr: Nvr.parse(`web-1-${number}`),
  image: named('web'),
  arch: 'x86_64',
  contentId,
  ...more,
});

describe('the loop guard', () => {
  test('finds the newest in the chain with the same content', () => {
    const chain = [made(1, 'a'), made(2, 'b'), made(3, 'a'), made(4, 'b')];
    expect(metBefore(made(5, 'a'), chain)).toEqual(chain[2]);
  });

  test.each([
    ['another content', made(1, 'b')],
    ['another arch', made(1, 'a', { arch: 'aarch64' })],
    ['another image', made(1, 'a', { image: named('app') })],
    ['the build itself', made(2, 'a')],
  ])('does not mind %s', (_what, other) => {
    expect(metBefore(made(2, 'a'), [other])).toBeUndefined();
  });

  test('tells the way and what a person can do', () => {
    const way = [made(1, 'c'), made(2, 'a'), made(3, 'b')].map(({ nvr }) => nvr);
    expect(describeLoop(made(4, 'a'), made(2, 'a'), way)).toBe(
      'a loop: it has the content of web-1-2, whose effects led to it (web-1-2 -> web-1-3 -> web-1-4); stopped here, `flibs retry web-1-4` goes on with it',
    );
  });

  const contents = fc.array(
    fc.record({ contentId: fc.constantFrom('a', 'b', 'c'), arch: fc.constantFrom(...Arch.options) }),
    { maxLength: 8 },
  );

  test('whatever led to it: what is found has the same content, and nothing newer has', () => {
    fc.assert(
      fc.property(contents, (all) => {
        const chain = all.map(({ contentId, arch }, at) => made(at + 1, contentId, { arch }));
        const now = made(all.length + 1, 'a');
        const found = metBefore(now, chain);
        const same = chain.filter(({ contentId, arch }) => contentId === 'a' && arch === 'x86_64');
        expect(found).toEqual(same.at(-1));
      }),
    );
  });

  test('a chain in which every content is new goes on', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 1 }), (all) => {
        const chain = all.map((contentId, at) => made(at + 1, contentId));
        const now = chain.at(-1);
        expect(now && metBefore(now, chain.slice(0, -1))).toBeUndefined();
      }),
    );
  });
});
