/** Blobs: layers, configs and the contents of artifacts. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Digest } from '../../schemas/ids.ts';
import type { Connection } from './connection.ts';
import { asDigest, digestOf, verifying } from './digests.ts';
import { RegistryRefused, RegistryUnavailable } from './registry-errors.ts';

/** Bytes at hand, or a file that is read twice: once for its digest, once to send it. */
export type BlobSource = Uint8Array | { readonly file: string };

export interface BlobDescriptor {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

export const hasBlob = async (
  connection: Connection,
  repository: string,
  digest: Digest,
): Promise<boolean> => {
  const path = `${repository}/blobs/${digest}`;
  const response = await connection.request({ method: 'HEAD', path, expected: [404] });
  return response.status === 200;
};

/** The blob as a stream that fails at its end when the bytes are not those of the digest. */
export const streamBlob = async (
  connection: Connection,
  repository: string,
  digest: Digest,
  signal?: AbortSignal,
): Promise<ReadableStream<Uint8Array>> => {
  const path = `${repository}/blobs/${digest}`;
  const response = await connection.request({ method: 'GET', path, signal });
  if (response.body === null) throw new RegistryRefused('no body', { request: `GET ${path}` });
  return response.body.pipeThrough(verifying(digest, `${connection.address}/${path}`));
};

/** The whole blob, verified. A connection that breaks in the middle is tried twice more. */
export const readBlob = async (
  connection: Connection,
  repository: string,
  digest: Digest,
): Promise<Buffer> => {
  for (let tried = 1; ; tried += 1) {
    try {
      const chunks: Uint8Array[] = [];
      for await (const chunk of await streamBlob(connection, repository, digest)) chunks.push(chunk);
      return Buffer.concat(chunks);
    } catch (error) {
      if (tried >= 3 || error instanceof RegistryRefused || error instanceof RegistryUnavailable) throw error;
    }
  }
};

/** Uploads in one request, unless the registry has it already. */
export const putBlob = async (
  connection: Connection,
  repository: string,
  source: BlobSource,
): Promise<BlobDescriptor> => {
  const blob = await describe(source);
  if (await hasBlob(connection, repository, blob.digest)) return blob;
  const body = source instanceof Uint8Array ? source : () => Readable.toWeb(createReadStream(source.file));
  await upload(connection, repository, blob, body);
  return blob;
};

const describe = async (source: BlobSource): Promise<BlobDescriptor> => {
  if (source instanceof Uint8Array) return { digest: digestOf(source), size: source.length };
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(source.file)) hash.update(chunk);
  return { digest: asDigest(hash), size: (await stat(source.file)).size };
};

/**
 * A monolithic upload: POST for a location, PUT of everything. A PUT that failed in the middle spoils its location,
 * so that both are repeated together.
 */
const upload = async (
  connection: Connection,
  repository: string,
  blob: BlobDescriptor,
  body: Uint8Array | (() => ReadableStream<Uint8Array>),
): Promise<void> => {
  const begun = await connection.request({ method: 'POST', path: `${repository}/blobs/uploads/` });
  const location = begun.headers.get('location');
  await begun.body?.cancel();
  if (location === null) {
    throw new RegistryRefused('no location for the upload', { request: `POST ${repository}/blobs/uploads/` });
  }
  const url = new URL(location, begun.url);
  url.searchParams.set('digest', blob.digest);
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(blob.size) };
  const response = await connection.request({
    method: 'PUT',
    path: url.href,
    headers,
    body,
  });
  await response.body?.cancel();
};

/**
 * Makes a blob of one repository known in another of the same registry.
 * @returns false when the registry would rather have the bytes.
 */
export const mountBlob = async (
  connection: Connection,
  from: string,
  to: string,
  digest: Digest,
): Promise<boolean> => {
  const query = new URLSearchParams({ mount: digest, from });
  const response = await connection.request({ method: 'POST', path: `${to}/blobs/uploads/?${query}` });
  await response.body?.cancel();
  return response.status === 201;
};

/** From one registry to another, as a stream. */
export const copyBlob = async (
  from: { connection: Connection; repository: string },
  to: { connection: Connection; repository: string },
  blob: BlobDescriptor,
): Promise<void> => {
  if (await hasBlob(to.connection, to.repository, blob.digest)) return;
  const same = from.connection.address === to.connection.address;
  if (same && (await mountBlob(to.connection, from.repository, to.repository, blob.digest))) return;
  // Held in memory, because a stream could not be sent again after a passing failure. Larger ones go by stream, once.
  const body =
    blob.size <= 64 * 1024 * 1024
      ? await readBlob(from.connection, from.repository, blob.digest)
      : await streamOnce(from, blob);
  await upload(to.connection, to.repository, blob, body);
};

const streamOnce = async (from: { connection: Connection; repository: string }, blob: BlobDescriptor) => {
  const stream = await streamBlob(from.connection, from.repository, blob.digest);
  let used = false;
  return () => {
    if (used) throw new Error(`the stream of ${blob.digest} broke in the middle; the copy is to be repeated`);
    used = true;
    return stream;
  };
};
