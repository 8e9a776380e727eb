/**
 * A Containerfile as a list of instructions, each character with its place in the file, so that a name can be
 * replaced where it stands. Format: the Dockerfile reference (docs.docker.com/reference/dockerfile), parser
 * directives, comments, line continuations and here-documents.
 */

export interface Instruction {
  /** Upper case: `FROM`. */
  readonly keyword: string;
  /** What follows the keyword, continuations joined, comments between them dropped. */
  readonly text: string;
  /** Offset in the file of each character of `text`. */
  readonly at: readonly number[];
  /** 1-based line of the keyword. */
  readonly line: number;
  /** The lines below it are a here-document, which older builders do not know. */
  readonly hasHeredoc: boolean;
}

export interface Instructions {
  readonly instructions: readonly Instruction[];
  /** `\`, or what the directive `# escape=` says. */
  readonly escapeWith: string;
}

interface Line {
  readonly text: string;
  readonly offset: number;
}

const linesOf = (file: string): readonly Line[] => {
  let offset = 0;
  return file.split('\n').map((raw) => {
    const line = { text: raw.replace(/\r$/, ''), offset };
    offset += raw.length + 1;
    return line;
  });
};

export const readInstructions = (file: string): Instructions => {
  const lines = linesOf(file);
  const escapeWith = escapeDirective(lines);
  const instructions: Instruction[] = [];
  for (let next = 0; next < lines.length; ) {
    if (isBlankOrComment(lines[next])) {
      next += 1;
      continue;
    }
    const { text, at, end } = joined(lines, next, escapeWith);
    const words = /^\s*(\S+)\s*/.exec(text);
    const afterHeredocs = words ? skipHeredocs(lines, end, words[1] ?? '', text) : end;
    if (words) {
      instructions.push({
        keyword: (words[1] ?? '').toUpperCase(),
        text: text.slice(words[0].length),
        at: at.slice(words[0].length),
        line: next + 1,
        hasHeredoc: afterHeredocs > end,
      });
    }
    next = afterHeredocs;
  }
  return { instructions, escapeWith };
};

/** Directives stand before anything else, comments included; the first line that is none ends them. */
const escapeDirective = (lines: readonly Line[]): string => {
  for (const { text } of lines) {
    const directive = /^\s*#\s*([A-Za-z]+)\s*=\s*(\S+)\s*$/.exec(text);
    if (!directive) break;
    if (directive[1]?.toLowerCase() === 'escape') return directive[2] === '`' ? '`' : '\\';
  }
  return '\\';
};

const isBlankOrComment = (line: Line | undefined): boolean => /^\s*(#|$)/.test(line?.text ?? '');

/** One instruction over all its physical lines; `end` is the first line after it. */
const joined = (lines: readonly Line[], start: number, escapeWith: string) => {
  const continued = escapeWith === '`' ? /`[ \t]*$/ : /\\[ \t]*$/;
  const at: number[] = [];
  let text = '';
  let end = start;
  for (; end < lines.length; end += 1) {
    const line = lines[end];
    if (!line || (end > start && isBlankOrComment(line))) continue;
    const part = line.text.replace(continued, '');
    for (let column = 0; column < part.length; column += 1) at.push(line.offset + column);
    text += part;
    if (part.length === line.text.length) return { text, at, end: end + 1 };
  }
  return { text, at, end };
};

const heredocStart = /(?<!<)<<(-?)(["']?)([A-Za-z_][A-Za-z0-9_.]*)\2/g;

/** The line after the here-documents that an instruction opens. One that is never closed was none. */
const skipHeredocs = (lines: readonly Line[], from: number, keyword: string, text: string): number => {
  if (!['RUN', 'COPY', 'ADD'].includes(keyword.toUpperCase())) return from;
  let next = from;
  for (const [, dash, , word] of text.matchAll(heredocStart)) {
    const closes = (line: Line) => (dash ? line.text.replace(/^\t+/, '') : line.text) === word;
    const close = lines.findIndex((line, index) => index >= next && closes(line));
    if (close < 0) return from;
    next = close + 1;
  }
  return next;
};
