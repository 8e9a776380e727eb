/** The log of a run while it runs: chunks over the bus as they come, the whole kept for the artifact. */
import { setTimeout as delay } from 'node:timers/promises';

/** Bytes of a chunk at most (ARCHITECTURE rule 15). */
const largestChunk = 60 * 1024;
/** Bytes of a run's log at most; the rest is counted, not kept. */
const largestLog = 16 * 1024 * 1024;
const flushEveryMs = 250;
/** Chunks on their way at once. A broker that is away must not fill this process' memory; the gap shows. */
const mostOnTheirWay = 64;
/** Milliseconds that the last chunks have. */
const lastChunksMs = 2000;

export interface Chunk {
  /** Bytes before this chunk. */
  readonly offset: number;
  readonly text: string;
}

export interface RunLog {
  readonly write: (text: string) => void;
  readonly printed: () => string;
  /** Sends what is left; what could not be sent is in the artifact all the same. */
  readonly close: () => Promise<void>;
}

/** `send` may fail or wait: the log of a run never stops the run. */
export const openRunLog = (send: (chunk: Chunk) => Promise<unknown>): RunLog => {
  const pieces: string[] = [];
  let bytes = 0;
  let waiting = '';
  let sentBytes = 0;
  let dropped = 0;
  const onTheirWay = new Set<Promise<unknown>>();

  const flush = (): void => {
    for (const { text, size } of chunksOf(waiting)) {
      const chunk = { offset: sentBytes, text };
      sentBytes += size;
      if (onTheirWay.size >= mostOnTheirWay) continue;
      const sending = send(chunk)
        .catch(() => undefined)
        .finally(() => onTheirWay.delete(sending));
      onTheirWay.add(sending);
    }
    waiting = '';
  };
  const timer = setInterval(flush, flushEveryMs).unref();

  return {
    write: (text) => {
      const size = Buffer.byteLength(text);
      // Once something is left out all that follows is, or the log would have a hole that nobody sees.
      if (dropped > 0 || bytes + size > largestLog) {
        dropped += size;
        return;
      }
      bytes += size;
      pieces.push(text);
      waiting += text;
      if (waiting.length > largestChunk) flush();
    },
    printed: () => pieces.join('') + (dropped > 0 ? `\n[${dropped} bytes more were not kept]\n` : ''),
    close: async () => {
      clearInterval(timer);
      flush();
      const enough = new AbortController();
      const patience = delay(lastChunksMs, undefined, { signal: enough.signal }).catch(() => undefined);
      await Promise.race([Promise.all(onTheirWay), patience]);
      enough.abort();
    },
  };
};

/** The text in pieces that are no larger than a chunk may be, cut between characters. */
function* chunksOf(text: string): Generator<{ readonly text: string; readonly size: number }> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; ) {
    let to = Math.min(from + largestChunk, bytes.length);
    while (isInsideCharacter(bytes[to])) to -= 1;
    yield { text: bytes.toString('utf8', from, to), size: to - from };
    from = to;
  }
}

/** Second and later bytes of a character in UTF-8 are 10xxxxxx. */
const isInsideCharacter = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
