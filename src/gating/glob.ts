/** Shell patterns as policies have them: `*`, `?`, `[a-z]`, `[!a-z]`; the whole text has to fit, case counts. */

type Token = '*' | ((character: string) => boolean);

const tokens = (pattern: string): readonly Token[] => {
  const found: Token[] = [];
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

/** Walks both once, going back only to the last star, so that no pattern takes long. */
export const fits = (pattern: string, text: string): boolean => {
  const wanted = tokens(pattern);
  let [p, t, star, resume] = [0, 0, -1, 0];
  while (t < text.length) {
    const token = wanted[p];
    if (token === '*') {
      star = p;
      resume = t;
      p += 1;
    } else if (token?.(text.charAt(t))) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      t = resume;
    } else return false;
  }
  return wanted.slice(p).every((token) => token === '*');
};

export const fitsOne = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => fits(pattern, text));
