/** Unpacks a metadata file by its name's ending: gzip here, the others by the host's programs, all as streams. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { execa } from 'execa';
import { MetadataError } from './metadata-error.ts';

/** Bytes at once: fewer turns of the loop, and none of them long. */
const chunkSize = 128 * 1024;

export type Unpacker = (path: string, signal: AbortSignal) => AsyncIterable<Uint8Array>;

/** A program that unpacks its standard input to its standard output. */
const byProgram = (program: string): Unpacker =>
  async function* unpacked(path, signal) {
    const running = execa(program, ['--decompress', '--stdout'], {
      stdin: { file: path },
      buffer: { stdout: false },
      cancelSignal: signal,
      // A reader who stops early ends it by a broken pipe, which is no failure.
      reject: false,
    });
    yield* running.iterable({ binary: true });
    const { failed, code, cause } = await running;
    signal.throwIfAborted();
    if (!failed) return;
    if (code !== 'ENOENT') throw new MetadataError(`${program} cannot unpack it`, { cause });
    throw new MetadataError(`is packed with ${program}, which is not installed`, {
      failure: 'unsupported',
      cause,
    });
  };

async function* gunzip(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const unpacked = createGunzip({ chunkSize });
  // Its error comes out of `unpacked`.
  pipeline(createReadStream(path, { signal, highWaterMark: chunkSize }), unpacked, () => undefined);
  try {
    yield* unpacked;
  } catch (cause) {
    signal.throwIfAborted();
    throw new MetadataError('gzip cannot unpack it', { cause });
  }
}

const unpackers: ReadonlyMap<string, Unpacker> = new Map([
  ['xml', (path, signal) => createReadStream(path, { signal, highWaterMark: chunkSize })],
  ['gz', gunzip],
  ['xz', byProgram('xz')],
  ['zst', byProgram('zstd')],
  ['bz2', byProgram('bzip2')],
]);

/** The unpacker for a file called so. Throws `unsupported` when there is none. */
export const unpackerFor = (fileName: string): Unpacker => {
  const unpacker = unpackers.get(/\.([a-z0-9]+)$/.exec(fileName)?.[1] ?? '');
  if (unpacker !== undefined) return unpacker;
  throw new MetadataError(
    `is packed in a way that flibs cannot read; it can ${[...unpackers.keys()].join(', ')}`,
    {
      failure: 'unsupported',
    },
  );
};
