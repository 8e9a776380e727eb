import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Arch, Nvr } from '../../../schemas/ids.ts';
import { type Chain, findLoop, type Made, mostRounds } from '../../../src/planning/loop.ts';
import { named } from './fleet.ts';

type Link = Chain[number];

const made = (number: number, contentId: string, more: Partial<Link> = {}): Link => ({
  nvr: Nvr.parse(`web-1-${number}`),
  image: named('web'),
  arch: 'x86_64',
  contentId,
  released: true,
  ...more,
});

describe('the loop guard', () => {
  const foundIn = (now: Made, chain: Chain) => findLoop(now, chain)?.nvr;

  test('finds the newest in the chain with the same content', () => {
    const chain = [made(1, 'a'), made(2, 'b'), made(3, 'a'), made(4, 'b')];
    expect(foundIn(made(5, 'a'), chain)).toBe('web-1-3');
  });

  test.each([
    ['another content', made(1, 'b')],
    ['another arch', made(1, 'a', { arch: 'aarch64' })],
    ['another image', made(1, 'a', { image: named('app') })],
    ['the build itself', made(2, 'a')],
    ['what was rejected, or failed', made(1, 'a', { released: false })],
  ])('does not mind %s', (_what, other) => {
    expect(findLoop(made(2, 'a'), [other])).toBeUndefined();
  });

  test('tells the way and what a person can do', () => {
    const chain = [made(1, 'c'), made(2, 'a'), made(3, 'b', { released: false })];
    expect(findLoop(made(4, 'a'), chain)?.reason).toBe(
      'a loop: it has the content of web-1-2, whose effects led to it (web-1-2 -> web-1-3 -> web-1-4); stopped here, `flibs retry web-1-4` goes on with it',
    );
  });

  const growing = (rounds: number, more: Partial<Link> = {}) =>
    Array.from({ length: rounds }, (_, at) => made(at + 1, `content ${at + 1}`, more));

  test('stops what brings itself about with another content each time, after so many rounds', () => {
    const now = made(mostRounds + 1, 'yet another');
    expect(findLoop(now, growing(mostRounds - 1))).toBeUndefined();
    expect(findLoop(now, growing(mostRounds))).toEqual({
      nvr: `web-1-${mostRounds}`,
      rounds: mostRounds,
      chain: growing(mostRounds).map(({ nvr }) => nvr),
      reason:
        'a loop: 5 releases of it led to it one after the other, each with another content (web-1-1 -> web-1-2 -> web-1-3 -> web-1-4 -> web-1-5 -> web-1-6); stopped here, `flibs retry web-1-6` goes on with it',
    });
  });

  test('counts rounds of the image itself, on its arch, that were released', () => {
    const now = made(mostRounds + 1, 'yet another');
    for (const more of [{ image: named('app') }, { arch: 'aarch64' as const }, { released: false }])
      expect(findLoop(now, growing(mostRounds, more))).toBeUndefined();
  });

  const contents = fc.array(
    fc.record({ contentId: fc.constantFrom('a', 'b', 'c'), arch: fc.constantFrom(...Arch.options) }),
    { maxLength: 8 },
  );

  test('whatever led to it: what has the same content is found, and nothing newer has it', () => {
    fc.assert(
      fc.property(contents, (all) => {
        const chain = all.map(({ contentId, arch }, at) => made(at + 1, contentId, { arch }));
        const same = chain.filter(({ contentId, arch }) => contentId === 'a' && arch === 'x86_64').at(-1);
        const found = findLoop(made(all.length + 1, 'a'), chain);
        expect(found?.rounds === undefined ? found?.nvr : undefined).toBe(same?.nvr);
      }),
    );
  });
});
