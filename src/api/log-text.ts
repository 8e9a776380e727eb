/** A run's log as text that may still be growing. Gaps show, as ARCHITECTURE rule 15 asks. */
import { setTimeout as wait } from 'node:timers/promises';
import type { LogChunk } from './queries/run-log.ts';

export interface LogSource {
  /** Chunks that reach beyond this byte, in order; a bounded number of them. */
  readonly chunks: (offset: number) => Promise<readonly LogChunk[]>;
  /** True once no more will come. */
  readonly ended: () => Promise<boolean>;
}

export interface LogReading {
  readonly offset: number;
  /** Goes on until the run has ended. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Milliseconds between two looks. */
  readonly period?: number;
}

/** Looks after which bytes that later ones overtook are given up. */
const patience = 6;

const gap = (bytes: number): string => `\n[${bytes} bytes of the log are missing here]\n`;

const from = (chunk: LogChunk, position: number): string =>
  chunk.offset >= position
    ? chunk.text
    : Buffer.from(chunk.text)
        .subarray(position - chunk.offset)
        .toString();

const pause = async (period: number, signal: AbortSignal): Promise<void> => {
  await wait(period, undefined, { signal }).catch(() => undefined);
};

/** The text from a byte on; ends with the log, or at once without `follow`, or when the signal says so. */
export async function* logText(source: LogSource, reading: LogReading): AsyncGenerator<string> {
  const { follow, signal, period = 400 } = reading;
  let position = reading.offset;
  let looks = 0;
  while (!signal.aborted) {
    // Asked first: what came before the end is then among the chunks.
    const ended = !follow || (await source.ended());
    const chunks = await source.chunks(position);
    let advanced = false;
    for (const chunk of chunks) {
      if (chunk.offset > position) {
        if (!ended && looks < patience) break;
        yield gap(chunk.offset - position);
        position = chunk.offset;
      }
      yield from(chunk, position);
      position = chunk.offset + Buffer.byteLength(chunk.text);
      advanced = true;
    }
    looks = advanced ? 0 : looks + 1;
    if (advanced) continue;
    if (ended) return;
    if (chunks.length === 0) looks = 0;
    await pause(period, signal);
  }
}
