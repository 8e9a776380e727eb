/** A JSON file that a person or a program hands in: read, and checked against its schema. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { reasonOf } from '../config/problem.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './text-table.ts';
import { UserError } from './user-error.ts';

/** Where in the file, and what is wrong there. */
export interface FileProblem {
  /** `line 7: images.3.arches.x86_64.rpms.12`; empty for the file as a whole. */
  readonly path: string;
  readonly problem: string;
}

/** The page that explains such files. */
export interface Explained {
  readonly page?: string;
}

const mostProblems = 20;

/** @throws {@link UserError} `usage` that names the file and each place in it that is wrong. */
export const unusable = (
  file: string,
  problems: readonly FileProblem[],
  { page = 'docs/planning.md', cause }: Explained & { readonly cause?: unknown } = {},
): UserError => {
  const lines = problems
    .slice(0, mostProblems)
    .map(({ path, problem }) => `\n  ${path === '' ? '' : `${path}: `}${printable(problem)}`);
  const more = problems.length > mostProblems ? `\n  and ${problems.length - mostProblems} more` : '';
  return new UserError('usage', `${file} cannot be used:${lines.join('')}${more}`, {
    hint: `${page} says what it may hold`,
    cause,
  });
};

/**
 * The file's content as its schema has it.
 * @throws {@link UserError} `usage` when it cannot be read, is no JSON, or is not as the schema says.
 */
export const readInputFile = async <Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  terminal: Terminal,
  explained: Explained = {},
): Promise<z.output<Schema>> => {
  const text = await readInputText(file, terminal, explained);
  const parsed = schema.safeParse(parseJson(file, text, explained), { reportInput: true });
  if (parsed.success) return parsed.data;
  const lineOf = linesOf(text);
  throw unusable(
    file,
    parsed.error.issues.map((issue) => problemOf(issue, lineOf)),
    explained,
  );
};

/** @throws {@link UserError} `usage` when it cannot be read. */
export const readInputText = (file: string, terminal: Terminal, explained: Explained = {}): Promise<string> =>
  readFile(resolve(terminal.workingDirectory, file), 'utf8').catch((error: unknown) => {
    const problem = `cannot be read: ${reasonOf(error)}`;
    throw unusable(file, [{ path: '', problem }], { ...explained, cause: error });
  });

const parseJson = (file: string, text: string, explained: Explained): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(
      file,
      [{ path: placeIn(text, reasonOf(error)), problem: `is no JSON: ${reasonOf(error)}` }],
      { ...explained, cause: error },
    );
  }
};

/** `line 3, column 14`, where the parser names a position. */
const placeIn = (text: string, message: string): string => {
  const [, position] = /at position (\d+)/.exec(message) ?? [];
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
};

type Issue = z.core.$ZodIssue;

type LineOf = (path: readonly PropertyKey[]) => number | undefined;

const problemOf = (issue: Issue, lineOf: LineOf): FileProblem => {
  const [path, deepest] = innermost(issue, issue.path);
  const line = lineOf(path);
  const places = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(path.length > 0 ? [path.map(String).join('.')] : []),
  ];
  return { path: places.join(': '), problem: `${quoted(deepest.input)}${wordsOf(deepest)}` };
};

/** Above that, reading a file once more for the sake of its lines takes too long. */
const mostForLines = 1_048_576;

/** JSON is YAML too, whose parser remembers where each value stands. */
const linesOf = (text: string): LineOf => {
  if (text.length > mostForLines) return () => undefined;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'json' });
  return (path) => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  };
};

/** Of a union, what the branch says that comes nearest: the one that is of the right type. */
const innermost = (issue: Issue, path: readonly PropertyKey[]): readonly [readonly PropertyKey[], Issue] => {
  if (issue.code !== 'invalid_union') return [path, issue];
  const nearest = issue.errors.find(
    ([first]) => first && !(first.code === 'invalid_type' && first.path.length === 0),
  );
  const [first] = nearest ?? [];
  return first ? innermost(first, [...path, ...first.path]) : [path, issue];
};

const wordsOf = (issue: Issue): string =>
  issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;

/** What was found there, where that is short enough to help. */
const quoted = (input: unknown): string =>
  typeof input === 'string' && input.length <= 120 ? `${JSON.stringify(input)} ` : '';
