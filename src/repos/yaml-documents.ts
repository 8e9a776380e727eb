/** Takes a YAML stream apart into its documents without parsing it, so that no more than one is in memory. */
import { MetadataError } from './metadata-error.ts';

/** A line that ends a document: nothing in a document, not even a block of text, may begin a line so. */
const mark = /^(?:---|\.\.\.)(?=[ \t\r]|$)/;
/** Nothing, a comment, or a directive such as `%YAML`. */
const saysNothing = /^(?:\s*(?:#.*)?|%.*)$/;

/** The text of each document that says something. Rejects with MetadataError for one longer than `longest` characters. */
export async function* yamlDocuments(texts: AsyncIterable<string>, longest: number): AsyncGenerator<string> {
  let lines: string[] = [];
  let length = 0;
  const take = (): string | undefined => {
    const document = lines;
    lines = [];
    length = 0;
    return document.every((line) => saysNothing.test(line)) ? undefined : document.join('\n');
  };
  for await (const line of linesOf(texts, longest)) {
    if (mark.test(line)) {
      const document = take();
      if (document !== undefined) yield document;
      // What follows the mark on its line belongs to the next document.
      lines.push(line.startsWith('---') ? line.slice(3) : '');
    } else lines.push(line);
    length += line.length + 1;
    if (length > longest) throw tooLong(longest);
  }
  const document = take();
  if (document !== undefined) yield document;
}

const tooLong = (longest: number) => new MetadataError(`a document is longer than ${longest} characters`);

async function* linesOf(texts: AsyncIterable<string>, longest: number): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longest) throw tooLong(longest);
    yield* lines;
  }
  yield rest;
}
