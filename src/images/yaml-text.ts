/** YAML of a definition, as untrusted text: every scalar a string, so that version 3.0 stays `3.0`. */
import {
  Composer,
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  visit,
  type YAMLError,
} from 'yaml';
import { z } from 'zod';
import { type Place, problemAt } from './problem-at.ts';
import { yamlTokens } from './yaml-tokens.ts';

export type YamlPath = readonly PropertyKey[];

export interface YamlDocument {
  /** As plain values; an empty document is an empty string. */
  readonly value: unknown;
  /** With the tags. */
  readonly contents: Node | null;
  readonly document: Document.Parsed<ParsedNode>;
  /** Where a key stands; of one that is not there, where it would. */
  readonly place: (path: YamlPath) => Place;
}

/** The documents of a file, or what is wrong with it and where. */
export const readYaml = (
  file: string,
  text: string,
): { readonly documents: readonly YamlDocument[] } | { readonly problems: readonly string[] } => {
  const lines = new LineCounter();
  let documents: readonly Document.Parsed<ParsedNode>[];
  try {
    documents = [...new Composer({ schema: 'failsafe', logLevel: 'error' }).compose(yamlTokens(text, lines))];
  } catch (error) {
    return { problems: [problemAt({ file }, error instanceof Error ? error.message : String(error))] };
  }
  const problems = documents.flatMap((document) =>
    document.errors.map((error) => syntaxProblem(file, error, lines)),
  );
  if (problems.length > 0) return { problems };
  for (const document of documents) {
    const offset = prototypeKey(document);
    if (offset === undefined) continue;
    const line = lines.linePos(offset).line;
    return { problems: [problemAt({ file, line, key: '__proto__' }, 'is no key')] };
  }
  const read: YamlDocument[] = [];
  for (const document of documents) {
    try {
      read.push({
        value: document.toJS() ?? '',
        contents: document.contents,
        document,
        place: (path) => placeOf(file, document, lines, path),
      });
    } catch (error) {
      // Aliases that multiply beyond the parser's limit, or that lead nowhere.
      const what = error instanceof Error ? error.message : String(error);
      const offset = aliasIn(document, what);
      const line = offset === undefined ? undefined : lines.linePos(offset).line;
      return { problems: [problemAt({ file, line }, what)] };
    }
  }
  return { documents: read };
};

/** The alias that an error names, else the first one. */
const aliasIn = (document: Document.Parsed<ParsedNode>, error: string): number | undefined => {
  const aliases: { source: string; offset: number | undefined }[] = [];
  visit(document, {
    Alias: (_, { source, range }) => void aliases.push({ source, offset: range?.[0] }),
  });
  return (aliases.find(({ source }) => error.endsWith(`: ${source}`)) ?? aliases[0])?.offset;
};

const syntaxProblem = (file: string, { message, pos: [at] }: YAMLError, lines: LineCounter): string =>
  problemAt({ file, line: lines.linePos(at).line }, message.replace(/:$/, ''));

const prototypeKey = (document: Document.Parsed<ParsedNode>): number | undefined => {
  let found: number | undefined;
  visit(document, {
    Scalar: (place, node) => {
      if (place !== 'key' || node.value !== '__proto__') return undefined;
      found = node.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return found;
};

/** Goes down the path as far as the document does. */
const placeOf = (
  file: string,
  document: Document.Parsed<ParsedNode>,
  lines: LineCounter,
  path: YamlPath,
): Place => {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0];
  for (const step of path) {
    const next = below(node, step);
    if (next === undefined) break;
    offset = next.offset ?? offset;
    node = next.node;
  }
  const key = path.map(String).join('.');
  return { file, key, line: offset === undefined ? undefined : lines.linePos(offset).line };
};

const below = (
  node: unknown,
  step: PropertyKey,
): { node: unknown; offset: number | undefined } | undefined => {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
    return pair && { node: pair.value, offset: isScalar(pair.key) ? pair.key.range?.[0] : undefined };
  }
  if (!isSeq(node)) return undefined;
  const item = node.items[Number(step)];
  return isMap(item) || isSeq(item) || isScalar(item) ? { node: item, offset: item.range?.[0] } : undefined;
};

/** A key with nothing after it says nothing. */
export const absentIfEmpty = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), schema);

/** OSBS takes one value where it takes a list. */
export const OneOrMany = <T extends z.ZodType>(item: T) =>
  absentIfEmpty(
    z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(item).optional()),
  );

/** Unknown keys with the known ones beside them. `at` is the path of what `error` is about. */
export const yamlProblems = (
  document: YamlDocument,
  error: z.ZodError,
  known: Readonly<Record<string, readonly string[]>>,
  at: YamlPath = [],
): string[] =>
  error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys')
      return [problemAt(document.place([...at, ...issue.path]), issue.message)];
    const choices = known[issue.path.map(String).join('.')];
    return issue.keys.map((key) =>
      problemAt(
        document.place([...at, ...issue.path, key]),
        `unknown key${choices ? `; known are ${choices.join(', ')}` : ''}`,
      ),
    );
  });
