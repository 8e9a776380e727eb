/** Opens a file of a repository over `http:`, `https:` or `file:`. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { RepositoryError } from './repository-error.ts';

/** What a server said last time, to ask whether anything is new. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

export type Opened =
  | { readonly status: 'not-modified' }
  /** 404 and 410, and a file that is not there. */
  | { readonly status: 'absent' }
  | { readonly status: 'found'; readonly bytes: AsyncIterable<Uint8Array>; readonly validators: Validators };

export interface Request {
  readonly repository: string;
  readonly url: URL;
  readonly signal: AbortSignal;
  readonly validators?: Validators;
}

/** Opens it. Rejects with `unreachable` when there is no answer or another than the above; with the signal's reason when aborted. */
export const openUrl = (request: Request): Promise<Opened> =>
  request.url.protocol === 'file:' ? openFile(request) : openHttp(request);

const openHttp = async ({ repository, url, signal, validators = {} }: Request): Promise<Opened> => {
  const headers = {
    ...(validators.etag === undefined ? {} : { 'if-none-match': validators.etag }),
    ...(validators.lastModified === undefined ? {} : { 'if-modified-since': validators.lastModified }),
    // Metadata is packed already; another layer would only hide its size.
    'accept-encoding': 'identity',
  };
  const about = { repository, url: url.href };
  const response = await fetch(url, { headers, signal }).catch((cause: unknown) =>
    unreachable(about, signal, cause),
  );
  if (response.status === 304) return { status: 'not-modified' };
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    if (response.status === 404 || response.status === 410) return { status: 'absent' };
    throw new RepositoryError('unreachable', about, `the server answered ${response.status}`);
  }
  return {
    status: 'found',
    bytes: guarded(response.body, about, signal),
    validators: {
      etag: response.headers.get('etag') ?? undefined,
      lastModified: response.headers.get('last-modified') ?? undefined,
    },
  };
};

const openFile = async ({ repository, url, signal }: Request): Promise<Opened> => {
  const about = { repository, url: url.href };
  const path = pathOf(url, about);
  try {
    const handle = await open(path, 'r');
    return {
      status: 'found',
      bytes: guarded(createReadStream(path, { fd: handle, signal }), about, signal),
      validators: {},
    };
  } catch (error) {
    if (isAbsent(error)) return { status: 'absent' };
    return unreachable(about, signal, error);
  }
};

const pathOf = (url: URL, about: { repository: string; url: string }): string => {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new RepositoryError('unreachable', about, 'is no path of this machine', cause);
  }
};

const isAbsent = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** An interrupted transfer is told like one that never began. */
async function* guarded(
  bytes: AsyncIterable<Uint8Array>,
  about: { repository: string; url: string },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    unreachable(about, signal, error);
  }
}

const unreachable = (
  about: { repository: string; url: string },
  signal: AbortSignal,
  cause: unknown,
): never => {
  signal.throwIfAborted();
  throw new RepositoryError('unreachable', about, `cannot be read: ${reasonOf(cause)}`, cause);
};

/** fetch says only "fetch failed"; what failed is in its cause. */
const reasonOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('cause' in error && error.cause !== undefined) return reasonOf(error.cause);
  if ('message' in error && error.message) return String(error.message);
  return 'code' in error ? String(error.code) : 'unknown reason';
};
