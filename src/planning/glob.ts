/** Patterns with stars, walked so that none takes long. */

/** A star, or what one character has to be. */
export type GlobToken = '*' | ((character: string) => boolean);

/** Whether the whole text fits. Walks both once, going back only to the last star: texts and patterns are others'. */
export const fitsTokens = (wanted: readonly GlobToken[], text: string): boolean => {
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

const tokenOf = (character: string): GlobToken => {
  if (character === '*') return '*';
  return character === '?' ? () => true : (other) => other === character;
};

/** With `*` and `?`; the whole name, from its first to its last character. */
export const globMatches = (glob: string, name: string): boolean =>
  fitsTokens(glob.split('').map(tokenOf), name);
