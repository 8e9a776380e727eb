/** Fetches files that repomd.xml names, and lets them be used only if they are those. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { boundedBytes } from './bytes.ts';
import { located, MetadataError } from './metadata-error.ts';
import { openUrl } from './open-url.ts';
import type { MetadataFile, MetadataType } from './repomd.ts';
import { urlWithin } from './repository-url.ts';
import { type Unpacker, unpackerFor } from './unpack.ts';

/** Bytes of a packed file, whatever repomd.xml tells; Fedora's primary has 25 MB. */
const largestFile = 1024 * 1024 * 1024;

export interface VerifiedFile extends MetadataFile {
  readonly url: URL;
  /** Of the copy. */
  readonly path: string;
  readonly unpack: Unpacker;
}

export interface ToFetch {
  readonly repository: string;
  readonly base: URL;
  readonly files: ReadonlyMap<MetadataType, MetadataFile>;
  readonly signal: AbortSignal;
}

/**
 * Calls `use` with copies that have the right checksums and are gone afterwards. All are fetched first: what does not
 * belong together is found out before any of it is read.
 */
export const withVerifiedFiles = async <T>(
  fetching: ToFetch,
  use: (files: ReadonlyMap<MetadataType, VerifiedFile>) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'flibs-repository-'));
  try {
    const verified = new Map<MetadataType, VerifiedFile>();
    for (const [type, file] of fetching.files) {
      const url = urlWithin(fetching.base, file.href, fetching.repository);
      await located({ repository: fetching.repository, url: url.href }, async () => {
        const copy = { ...file, url, path: join(folder, type), unpack: unpackerFor(url.pathname) };
        await fetchOne(fetching, copy);
        verified.set(type, copy);
      });
    }
    return await use(verified);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const updating = (what: string) =>
  new MetadataError(`${what}: the repository is being updated, try again`, { failure: 'updating' });

const fetchOne = async ({ repository, signal }: ToFetch, file: VerifiedFile): Promise<void> => {
  const opened = await openUrl({ repository, url: file.url, signal });
  if (opened.status !== 'found') throw updating('repomd.xml names it and it is not there');
  const hash = createHash(file.checksumType);
  await pipeline(
    boundedBytes(opened.bytes, Math.min(file.size ?? largestFile, largestFile)),
    async function* hashed(bytes: AsyncIterable<Uint8Array>) {
      for await (const chunk of bytes) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(file.path),
    { signal },
  ).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error instanceof MetadataError ? updating(error.message) : error;
  });
  if (hash.digest('hex') !== file.checksum)
    throw updating(`its ${file.checksumType} is not the one in repomd.xml`);
};
