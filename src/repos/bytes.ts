/** Streams of bytes that may come from anybody. */
import { MetadataError } from './metadata-error.ts';

/** Passes bytes on until there are more than `most`. */
export async function* boundedBytes(
  bytes: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size > most) throw new MetadataError(`is larger than ${most} bytes`);
    yield chunk;
  }
}

/** UTF-8 as text; metadata has no other encoding. */
export async function* decodedText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw new MetadataError('is not valid UTF-8', { cause });
    }
  };
  for await (const chunk of bytes) yield decode(chunk);
  yield decode();
}

export const wholeText = async (bytes: AsyncIterable<Uint8Array>): Promise<string> => {
  const parts: string[] = [];
  for await (const part of decodedText(bytes)) parts.push(part);
  return parts.join('');
};
