/** Fetches a file that repomd.xml names, and lets it be used only if it is that one. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { boundedBytes } from './bytes.ts';
import { MetadataError } from './metadata-error.ts';
import { openUrl, type Request } from './open-url.ts';
import type { PrimaryFile } from './repomd.ts';

/** Bytes of a packed file whose size repomd.xml does not tell; Fedora's primary has 25 MB. */
const largestFile = 1024 * 1024 * 1024;

const updating = (what: string) =>
  new MetadataError(`${what}: the repository is being updated, try again`, { failure: 'updating' });

/** Calls `use` with the path of a copy that has the right checksum and is gone afterwards. */
export const withVerifiedFile = async (
  request: Omit<Request, 'validators'>,
  file: PrimaryFile,
  use: (path: string) => Promise<void>,
): Promise<void> => {
  const opened = await openUrl(request);
  if (opened.status !== 'found') throw updating('repomd.xml names it and it is not there');
  const folder = await mkdtemp(join(tmpdir(), 'flibs-repository-'));
  try {
    const path = join(folder, 'primary');
    const hash = createHash(file.checksumType);
    await pipeline(
      boundedBytes(opened.bytes, file.size ?? largestFile),
      async function* hashed(bytes: AsyncIterable<Uint8Array>) {
        for await (const chunk of bytes) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(path),
      { signal: request.signal },
    ).catch((error: unknown) => {
      request.signal.throwIfAborted();
      throw error instanceof MetadataError ? updating(error.message) : error;
    });
    if (hash.digest('hex') !== file.checksum)
      throw updating(`its ${file.checksumType} is not the one in repomd.xml`);
    await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
