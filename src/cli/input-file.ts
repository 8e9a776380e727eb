/** A JSON file that a person or a program hands in: read, and checked against its schema. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { z } from 'zod';
import { reasonOf } from '../config/problem.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './text-table.ts';
import { UserError } from './user-error.ts';

/** Where in the file, and what is wrong there. */
export interface FileProblem {
  /** `images.3.arches.x86_64.rpms.12`; empty for the file as a whole. */
  readonly path: string;
  readonly problem: string;
}

const mostProblems = 20;

/** @throws {@link UserError} `usage` that names the file and each place in it that is wrong. */
export const unusable = (file: string, problems: readonly FileProblem[], cause?: unknown): UserError => {
  const lines = problems
    .slice(0, mostProblems)
    .map(({ path, problem }) => `\n  ${path === '' ? '' : `${path}: `}${printable(problem)}`);
  const more = problems.length > mostProblems ? `\n  and ${problems.length - mostProblems} more` : '';
  return new UserError('usage', `${file} cannot be used:${lines.join('')}${more}`, {
    hint: 'docs/planning.md says what it may hold',
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
): Promise<z.output<Schema>> => {
  const path = resolve(terminal.workingDirectory, file);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unusable(file, [{ path: '', problem: `cannot be read: ${reasonOf(error)}` }], error);
  });
  const parsed = schema.safeParse(parseJson(file, text), { reportInput: true });
  if (parsed.success) return parsed.data;
  throw unusable(file, parsed.error.issues.map(problemOf));
};

const parseJson = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(
      file,
      [{ path: placeIn(text, reasonOf(error)), problem: `is no JSON: ${reasonOf(error)}` }],
      error,
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

const problemOf = (issue: Issue): FileProblem => {
  const [path, deepest] = innermost(issue, issue.path);
  return { path: path.map(String).join('.'), problem: `${quoted(deepest.input)}${wordsOf(deepest)}` };
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
