import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { topicMatcher } from '../../../src/runtime/topic-match.ts';

describe('a binding key', () => {
  test.each([
    ['#', 'a.b.c', true],
    ['#', '', true],
    ['a.b', 'a.b', true],
    ['a.b', 'a.bc', false],
    ['a.*', 'a.b', true],
    ['a.*', 'a', false],
    ['a.*', 'a.b.c', false],
    ['a.#', 'a', true],
    ['a.#', 'ab', false],
    ['#.tag', 'org.fedoraproject.prod.buildsys.tag', true],
    ['#.tag', 'tag', true],
    ['#.tag', 'org.tag.un', false],
    ['org.fedoraproject.*.buildsys.tag', 'org.fedoraproject.prod.buildsys.tag', true],
    ['#.a.#.b', 'x.a.b', true],
    ['#.a.#.b', 'a.x.y.b', true],
    ['#.a.#.b', 'b.a', false],
    ['a*', 'ab', false],
    ['a*', 'a*', true],
  ])('%s against %s: %s', (key, routingKey, matches) => {
    expect(topicMatcher(key)(routingKey)).toBe(matches);
  });

  /** The definition, word by word, without any cleverness. */
  const matches = (pattern: readonly string[], words: readonly string[]): boolean => {
    const [first, ...rest] = pattern;
    if (first === undefined) return words.length === 0;
    if (first === '#') return words.some((_, i) => matches(rest, words.slice(i))) || matches(rest, []);
    return words.length > 0 && (first === '*' || first === words[0]) && matches(rest, words.slice(1));
  };
  test('matches what its definition says', () => {
    const pattern = fc.array(fc.constantFrom('a', 'b', '*', '#'), { minLength: 1, maxLength: 6 });
    const words = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(pattern, words, (key, routingKey) => {
        expect(topicMatcher(key.join('.'))(routingKey.join('.'))).toBe(matches(key, routingKey));
      }),
      { numRuns: 2_000 },
    );
  });

  test('of many # takes no time for a long routing key', () => {
    const matcher = topicMatcher(`${'#.a.'.repeat(60)}b`);
    expect(matcher(`${'a.'.repeat(120)}c`)).toBe(false);
  });
});
