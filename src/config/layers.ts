/** Where values come from: the file, the environment, the command line. Each gives named values with their origin. */
import { resolve } from 'node:path';
import { isKey } from '../../config/key.ts';
import { didYouMean } from './closest.ts';
import { namedKeys, nodeAt } from './keys.ts';
import type { ConfigProblem } from './problem.ts';

/** One value that somebody gave. */
export interface GivenValue {
  readonly name: string;
  readonly value: unknown;
  readonly origin: string;
}

export interface Layer {
  readonly values: readonly GivenValue[];
  readonly problems: readonly ConfigProblem[];
}

/** Variables of ours that are no keys. `FLIBS_TEST_...` is left to the tests. */
const otherVariables = new Set(['FLIBS_CONFIG', 'FLIBS_API', 'FLIBS_TOKEN']);

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const absolute = (name: string, value: unknown, directory: string): unknown => {
  const node = nodeAt(name);
  const isPath = node !== undefined && isKey(node) && node.format === 'flibs-path';
  return isPath && typeof value === 'string' && value !== '' ? resolve(directory, value) : value;
};

const unknownKey = (name: string, before: string, origin: string): ConfigProblem => {
  const group = before === '' ? undefined : nodeAt(before.slice(0, -1));
  const siblings = namedKeys.map((key) => key.name);
  const inside = group === undefined ? nodeNames() : Object.keys(group).map((word) => `${before}${word}`);
  return {
    key: name,
    origin,
    problem: `there is no such key${didYouMean(name, [...siblings, ...inside])}; allowed here: ${inside.join(', ')}`,
  };
};

const nodeNames = (): string[] => [...new Set(namedKeys.map((key) => key.name.split('.')[0] ?? key.name))];

/** The values of a parsed file. `directory` is the file's own: relative paths in it start there. */
export const fileLayer = (content: unknown, origin: string, directory: string): Layer => {
  const values: GivenValue[] = [];
  const problems: ConfigProblem[] = [];
  const visit = (group: Readonly<Record<string, unknown>>, before: string): void => {
    for (const [word, value] of Object.entries(group)) {
      const name = `${before}${word}`;
      const node = word.includes('.') ? undefined : nodeAt(name);
      if (node === undefined) problems.push(unknownKey(name, before, origin));
      else if (isKey(node)) values.push({ name, value: absolute(name, value, directory), origin });
      else if (isGroup(value)) visit(value, `${name}.`);
      else if (value !== null) {
        problems.push({ key: name, origin, problem: `is a group of keys: ${Object.keys(node).join(', ')}` });
      }
    }
  };
  if (isGroup(content)) visit(content, '');
  else if (content !== null && content !== undefined) {
    problems.push({ key: 'the file', origin, problem: 'must be a mapping of keys to values' });
  }
  return { values, problems };
};

/** The values of `FLIBS_...` variables; an unknown one is a problem, for a misspelt one is worse than none. */
export const environmentLayer = (
  env: Readonly<Record<string, string | undefined>>,
  workingDirectory: string,
): Layer => {
  const byVariable = new Map(
    namedKeys.flatMap(({ name, key }) => (key.env === undefined ? [] : [[key.env, name] as const])),
  );
  const values: GivenValue[] = [];
  const problems: ConfigProblem[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('FLIBS_') || text === undefined) continue;
    if (otherVariables.has(variable) || variable.startsWith('FLIBS_TEST_')) continue;
    const name = byVariable.get(variable);
    const origin = `environment ${variable}`;
    if (name === undefined) {
      const meant = didYouMean(variable, [...byVariable.keys(), ...otherVariables]);
      problems.push({ key: variable, origin, problem: `no key has this variable${meant}` });
    } else values.push({ name, value: absolute(name, text, workingDirectory), origin });
  }
  return { values, problems };
};

/** The values of flags, by flag without its dashes (`bus-url`). */
export const flagLayer = (flags: Readonly<Record<string, string>>, workingDirectory: string): Layer => {
  const values: GivenValue[] = [];
  const problems: ConfigProblem[] = [];
  for (const [flag, text] of Object.entries(flags)) {
    const named = namedKeys.find((key) => key.flag === flag);
    const origin = `flag --${flag}`;
    if (named === undefined) problems.push({ key: `--${flag}`, origin, problem: 'there is no such flag' });
    else values.push({ name: named.name, value: absolute(named.name, text, workingDirectory), origin });
  }
  return { values, problems };
};
