/** Words of an instruction, and the variables in them. Rules: the Dockerfile reference, "Environment replacement". */

export interface Word {
  /** As it stands, quotes and escapes included. */
  readonly raw: string;
  readonly start: number;
  readonly end: number;
}

/** Splits at white space outside quotes. */
export const splitWords = (text: string, escapeWith: string): readonly Word[] => {
  const words: Word[] = [];
  let start = -1;
  let quote = '';
  for (let i = 0; i <= text.length; i += 1) {
    const char = text[i];
    if (char === undefined || (quote === '' && /\s/.test(char))) {
      if (start >= 0) words.push({ raw: text.slice(start, i), start, end: i });
      start = -1;
      continue;
    }
    if (start < 0) start = i;
    if (char === escapeWith && quote !== "'") i += 1;
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
  }
  return words;
};

export interface Expanded {
  readonly value: string;
  /** Variables that have no value here. */
  readonly missing: readonly string[];
}

export type Variables = ReadonlyMap<string, string>;

const variable = /^\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+])([^}]*))?\})/;

/** Removes quotes and escapes and puts variables in. In single quotes nothing is replaced. */
export const expand = (raw: string, variables: Variables, escapeWith: string): Expanded => {
  const missing: string[] = [];
  let value = '';
  let quote = '';
  for (let i = 0; i < raw.length; i += 1) {
    const char = raw[i] ?? '';
    const found = char === '$' && quote !== "'" ? variable.exec(raw.slice(i)) : null;
    if (found) {
      const replaced = replacementOf(found, variables, escapeWith);
      value += replaced.value;
      missing.push(...replaced.missing);
      i += found[0].length - 1;
    } else if (char === escapeWith && quote !== "'" && i + 1 < raw.length) {
      i += 1;
      value += raw[i] ?? '';
    } else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
    else value += char;
  }
  return { value, missing };
};

const replacementOf = (found: RegExpExecArray, variables: Variables, escapeWith: string): Expanded => {
  const [, bare, braced, operator, word = ''] = found;
  const name = bare ?? braced ?? '';
  const known = variables.get(name);
  const isSet = known !== undefined && (operator?.startsWith(':') !== true || known !== '');
  if (operator?.endsWith('+'))
    return isSet ? expand(word, variables, escapeWith) : { value: '', missing: [] };
  if (isSet) return { value: known, missing: [] };
  return operator ? expand(word, variables, escapeWith) : { value: '', missing: [name] };
};

/** The pairs of LABEL, ENV and ARG: `key=value ...`, or the old form `key the rest`. */
export const readPairs = (
  text: string,
  variables: Variables,
  escapeWith: string,
): readonly { readonly key: string; readonly value: string | undefined }[] => {
  const words = splitWords(text.trim(), escapeWith);
  const [first, second] = words;
  if (first && second && !first.raw.includes('=')) {
    const rest = text.trim().slice(second.start).trim();
    return [
      {
        key: expand(first.raw, variables, escapeWith).value,
        value: expand(rest, variables, escapeWith).value,
      },
    ];
  }
  return words.map(({ raw }) => {
    const equals = raw.indexOf('=');
    const key = expand(equals < 0 ? raw : raw.slice(0, equals), variables, escapeWith).value;
    return {
      key,
      value: equals < 0 ? undefined : expand(raw.slice(equals + 1), variables, escapeWith).value,
    };
  });
};
