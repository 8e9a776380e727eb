/** Foreign XML as a stream of elements, with bounds: metadata comes from mirrors, and nothing in it may grow for ever. */
import { SaxesParser } from 'saxes';
import { MetadataError } from './metadata-error.ts';

export interface XmlHandler {
  /** `path` is the local names from the root to this element. */
  readonly open: (path: readonly string[], attributes: Readonly<Record<string, string>>) => void;
  /** With the text directly in it. */
  readonly close: (path: readonly string[], text: string) => void;
}

/** Characters without a tag opening or closing: more than any field of metadata has. */
const longestField = 1024 * 1024;
const deepest = 32;

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** A parser that is fed text; `afterChunk` is awaited after each, so that a slow reader slows the source. */
export const parseXml = async (
  texts: AsyncIterable<string> | Iterable<string>,
  handler: XmlHandler,
  afterChunk: () => Promise<void> = async () => undefined,
): Promise<void> => {
  const { write, end } = xmlParser(handler);
  for await (const text of texts) {
    for (let from = 0; from < text.length; from += longestField) write(text.slice(from, from + longestField));
    await afterChunk();
  }
  end();
};

const xmlParser = (handler: XmlHandler): { write: (text: string) => void; end: () => void } => {
  const parser = new SaxesParser({ position: false, xmlns: false });
  const path: string[] = [];
  const texts: string[] = [];
  let sinceTag = 0;
  parser.on('error', (error) => {
    throw new MetadataError(error.message.slice(0, 200));
  });
  parser.on('doctype', () => {
    throw new MetadataError('it has a document type, which metadata never has');
  });
  parser.on('opentag', (tag) => {
    sinceTag = 0;
    if (path.length >= deepest) throw new MetadataError(`elements are nested deeper than ${deepest} levels`);
    path.push(localName(tag.name));
    texts.push('');
    handler.open(path, tag.attributes);
  });
  const addText = (text: string) => {
    if (texts.length > 0) texts.push(`${texts.pop() ?? ''}${text}`);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    sinceTag = 0;
    handler.close(path, texts.pop() ?? '');
    path.pop();
  });
  const write = (text: string) => {
    sinceTag += text.length;
    parser.write(text);
    if (sinceTag > longestField) throw new MetadataError(`a field is longer than ${longestField} characters`);
  };
  return { write, end: () => void parser.close() };
};
