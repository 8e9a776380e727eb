/** The word that was probably meant. */

/** Levenshtein's distance, one row at a time. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [column, otherLetter] of [...other].entries()) {
      const replaced = (row[column] ?? 0) + (letter === otherLetter ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
};

/** The nearest of `words`, where one is near: at most a third of its letters differ. */
export const closest = (word: string, words: readonly string[]): string | undefined => {
  const bounded = word.slice(0, 100);
  const ranked = words
    .map((candidate) => ({ candidate, far: distance(bounded, candidate) }))
    .sort((one, other) => one.far - other.far);
  const best = ranked[0];
  return best !== undefined && best.far <= Math.max(1, best.candidate.length / 3)
    ? best.candidate
    : undefined;
};

/** ` (did you mean x?)`, or nothing. */
export const didYouMean = (word: string, words: readonly string[]): string => {
  const meant = closest(word, words);
  return meant === undefined ? '' : ` (did you mean ${meant}?)`;
};
