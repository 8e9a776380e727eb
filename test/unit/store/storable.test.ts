import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { headersFromJson, headersToJson, json, storableText } from '../../../src/store/storable.ts';
import { anyCharacter } from '../any-character.ts';

describe('text for the store', () => {
  test('has no NUL and no half of a surrogate pair', () => {
    expect(storableText('a\0b\ud800c\udc00d😀')).toBe('a\ufffdb\ufffdc\ufffdd😀');
  });

  test('is cut without leaving half a character', () => {
    expect(storableText('😀😀', 3)).toBe('😀\ufffd');
  });

  test('as JSON has none either, in names and values, however deep', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: anyCharacter }),
        fc.string({ unit: anyCharacter }),
        (value, key) => {
          const text = json({ [key]: [value, `\0${key}`], big: 2n ** 70n });
          expect(text).not.toMatch(/\\u0000|\\ud[89ab]..(?!\\ud[c-f])|(?<!\\ud[89ab]..)\\ud[c-f]/);
          expect(() => JSON.parse(text)).not.toThrow();
        },
      ),
    );
  });
});

describe('headers', () => {
  test('with bytes in them come back as they were', () => {
    const headers = {
      raw: Buffer.from([0, 1, 255]),
      list: [Buffer.from('x'), { deep: Buffer.alloc(0) }],
      text: 'a',
      n: 1,
      yes: true,
    };
    expect(headersFromJson(JSON.parse(headersToJson(headers)))).toEqual(headers);
  });

  test('with hostile names are plain data', () => {
    const headers = JSON.parse('{"__proto__": {"polluted": true}, "constructor": "x"}');
    const back = headersFromJson(JSON.parse(headersToJson(headers)));
    expect(Object.keys(back)).toEqual(['__proto__', 'constructor']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});
