/** Shell patterns as policies have them: `*`, `?`, `[a-z]`, `[!a-z]`; the whole text has to fit, case counts. */
import { fitsTokens, type GlobToken } from '../planning/glob.ts';

const tokens = (pattern: string): readonly GlobToken[] => {
  const found: GlobToken[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    const end = character === '[' ? endOfSet(pattern, at) : -1;
    if (character === '*') {
      if (found.at(-1) !== '*') found.push('*');
    } else if (character === '?') found.push(() => true);
    else if (end > 0) {
      found.push(oneOf(pattern.slice(at + 1, end)));
      at = end;
    } else found.push((other) => other === character);
  }
  return found;
};

/** A `]` that comes first belongs to the set; a set that does not end is a bracket. */
const endOfSet = (pattern: string, start: number): number =>
  pattern.indexOf(']', start + (pattern[start + 1] === '!' ? 3 : 2));

const oneOf = (set: string): ((character: string) => boolean) => {
  const not = set.startsWith('!');
  const members = not ? set.slice(1) : set;
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < members.length; at += 1) {
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    ranges.push([members.charAt(at), members.charAt(isRange ? at + 2 : at)]);
    if (isRange) at += 2;
  }
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== not;
};

export const fits = (pattern: string, text: string): boolean => fitsTokens(tokens(pattern), text);

export const fitsOne = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => fits(pattern, text));
