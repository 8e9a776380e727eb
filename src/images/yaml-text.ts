/** YAML of a definition, as untrusted text: every scalar a string, so that version 3.0 stays `3.0`. */
import { type Document, type Node, type ParsedNode, parseAllDocuments, visit } from 'yaml';
import { z } from 'zod';

export interface YamlDocument {
  /** As plain values; an empty document is an empty string. */
  readonly value: unknown;
  /** With the tags. */
  readonly contents: Node | null;
  readonly document: Document.Parsed<ParsedNode>;
}

/** The documents of a file, or what is wrong with it, each problem beginning with the file's name. */
export const readYaml = (
  file: string,
  text: string,
): { readonly documents: readonly YamlDocument[] } | { readonly problems: readonly string[] } => {
  const parsed = parseAllDocuments(text, { schema: 'failsafe', prettyErrors: true });
  const documents = 'empty' in parsed ? [] : parsed;
  const problems = documents.flatMap((document) =>
    document.errors.map((error) => `${file}: ${error.message.split('\n')[0]?.replace(/:$/, '')}`),
  );
  if (problems.length > 0) return { problems };
  if (documents.some(hasPrototypeKey)) return { problems: [`${file}: __proto__ is no key`] };
  try {
    return {
      documents: documents.map((document) => ({
        value: document.toJS() ?? '',
        contents: document.contents,
        document,
      })),
    };
  } catch (error) {
    // Aliases that multiply beyond the parser's limit, or that lead nowhere.
    return { problems: [`${file}: ${error instanceof Error ? error.message : String(error)}`] };
  }
};

const hasPrototypeKey = (document: Document.Parsed<ParsedNode>): boolean => {
  let found = false;
  visit(document, {
    Scalar: (place, node) => {
      if (place !== 'key' || node.value !== '__proto__') return undefined;
      found = true;
      return visit.BREAK;
    },
  });
  return found;
};

/** A key with nothing after it says nothing. */
export const absentIfEmpty = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), schema);

/** OSBS takes one value where it takes a list. */
export const OneOrMany = <T extends z.ZodType>(item: T) =>
  absentIfEmpty(
    z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(item).optional()),
  );

/** `file: where: what`, unknown keys with the known ones beside them. */
export const yamlProblems = (
  file: string,
  error: z.ZodError,
  known: Readonly<Record<string, readonly string[]>>,
): string[] =>
  error.issues.flatMap((issue) => {
    const where = issue.path.map(String).join('.');
    if (issue.code !== 'unrecognized_keys') return [`${file}: ${where || 'the file'}: ${issue.message}`];
    return issue.keys.map((key) => {
      const choices = known[where] ? `; known are ${known[where].join(', ')}` : '';
      return `${file}: ${where ? `${where}.` : ''}${key}: unknown key${choices}`;
    });
  });
