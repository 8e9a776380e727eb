/** The log of a run while it runs: chunks over the bus as they come, the whole kept for the artifact. */

/** Bytes of a chunk at most (ARCHITECTURE rule 15). */
const largestChunk = 60 * 1024;
/** Bytes of a run's log at most; the rest is counted, not kept. */
const largestLog = 16 * 1024 * 1024;
const flushEveryMs = 250;

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
    while (waiting !== '') {
      const text = firstBytes(waiting, largestChunk);
      waiting = waiting.slice(text.length);
      const chunk = { offset: sentBytes, text };
      sentBytes += Buffer.byteLength(text);
      // A broker that is away must not fill this process' memory; the gap shows.
      if (onTheirWay.size > 64) continue;
      const sending = send(chunk)
        .catch(() => {})
        .finally(() => onTheirWay.delete(sending));
      onTheirWay.add(sending);
    }
  };
  const timer = setInterval(flush, flushEveryMs).unref();

  return {
    write: (text) => {
      const size = Buffer.byteLength(text);
      if (bytes + size > largestLog) {
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
      await Promise.race([
        Promise.all(onTheirWay),
        new Promise((resolve) => setTimeout(resolve, 2000).unref()),
      ]);
    },
  };
};

/** As many whole characters as fit into so many bytes. */
const firstBytes = (text: string, limit: number): string => {
  if (Buffer.byteLength(text) <= limit) return text;
  const cut = text.slice(0, Math.floor(limit / 3));
  const last = cut.charCodeAt(cut.length - 1);
  return last >= 0xd800 && last < 0xdc00 ? cut.slice(0, -1) : cut;
};
