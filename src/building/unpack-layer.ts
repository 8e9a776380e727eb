/** The archive of a layer out of its compression, told by its first bytes: media types are not always true. */
import { PassThrough, pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { execa } from 'execa';

const gzip = Buffer.from([0x1f, 0x8b]);
const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** @throws Error when it is broken, or packed with zstd on a host without that program. */
export async function* unpackLayer(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, whole } = await peek(bytes);
  if (head.subarray(0, gzip.length).equals(gzip)) yield* gunzip(whole);
  else if (head.subarray(0, zstd.length).equals(zstd)) yield* unzstd(whole);
  else yield* whole;
}

const peek = async (bytes: AsyncIterable<Uint8Array>) => {
  const iterator = bytes[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < zstd.length) {
    const { done, value } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { head, whole: whole() };
};

async function* gunzip(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unpacked = createGunzip();
  // Its error comes out of `unpacked`, which it destroys.
  pipeline(Readable.from(packed), unpacked, () => undefined);
  yield* unpacked;
}

/** Node 20 has no zstd of its own. */
async function* unzstd(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const running = execa('zstd', ['--decompress', '--stdout'], { buffer: false, reject: false });
  const unpacked = new PassThrough();
  pipeline(Readable.from(packed), running.stdin, () => undefined);
  pipeline(running.stdout, unpacked, () => undefined);
  yield* unpacked;
  const { failed, code, shortMessage } = await running;
  if (code === 'ENOENT') throw new Error('is packed with zstd, and the program zstd is not installed');
  if (failed) throw new Error(`zstd cannot unpack it: ${shortMessage}`);
}
