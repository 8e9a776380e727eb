import { describe, expect, test } from '@jest/globals';
import { Composer } from 'yaml';
import { yamlTokens } from '../../../src/images/yaml-tokens.ts';

const read = (text: string): unknown =>
  [...new Composer().compose(yamlTokens(text), true)].map((document) => document.toJS());

describe('YAML tokens', () => {
  test.each([
    ['brackets', '['],
    ['braces', '{a: '],
    ['lists', '- '],
    ['keys that are maps', '? '],
  ])('of %s within each other are given up, not composed until the stack is full', (_, opening) => {
    expect(() => read(opening.repeat(100_000))).toThrow('it is nested too deeply');
  });

  test('of lines that are ever further in are given up', () => {
    const lines = Array.from({ length: 1000 }, (__, at) => `${' '.repeat(at)}a:`);
    expect(() => read(lines.join('\n'))).toThrow('it is nested too deeply');
  });

  test('of what people write make what it says, in each document', () => {
    const text = 'a: {b: [1, {c: [2]}]}\n---\n- - - deep\n';
    expect(read(text)).toEqual([{ a: { b: [1, { c: [2] }] } }, [[['deep']]]]);
  });
});
