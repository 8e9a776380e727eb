/** Manifests, indexes and tags. */
import type { Digest } from '../../schemas/ids.ts';
import type { Connection } from './connection.ts';
import { digestOf, isDigest } from './digests.ts';
import { acceptedManifests } from './media-types.ts';
import { RegistryRefused } from './registry-errors.ts';

export interface ManifestHead {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
}

export interface StoredManifest extends ManifestHead {
  readonly bytes: Buffer;
  readonly json: unknown;
}

const headers = { accept: acceptedManifests.join(', ') };

/** Tags and digests only: nothing that would leave the path. */
const pathOf = (repository: string, reference: string): string => {
  if (!isDigest(reference) && !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(reference)) {
    throw new RegistryRefused(`not a tag or digest: ${JSON.stringify(reference)}`, { request: repository });
  }
  return `${repository}/manifests/${reference}`;
};

/** Undefined when there is none of that name. */
export const headManifest = async (
  connection: Connection,
  repository: string,
  reference: string,
): Promise<ManifestHead | undefined> => {
  const path = pathOf(repository, reference);
  const response = await connection.request({ method: 'HEAD', path, headers, expected: [404] });
  if (response.status === 404) return undefined;
  const digest = response.headers.get('docker-content-digest');
  const size = Number(response.headers.get('content-length'));
  const mediaType = response.headers.get('content-type');
  // A registry may leave the digest out of a HEAD; the bytes tell it as well.
  if (digest === null || !isDigest(digest) || mediaType === null || !(size > 0)) {
    return getManifest(connection, repository, reference);
  }
  return { digest, mediaType, size };
};

/** @throws RegistryRefused when there is none, or when its bytes are not those of the digest asked for. */
export const getManifest = async (
  connection: Connection,
  repository: string,
  reference: string,
): Promise<StoredManifest> => {
  const path = pathOf(repository, reference);
  const response = await connection.request({ method: 'GET', path, headers });
  const bytes = Buffer.from(await response.arrayBuffer());
  const digest = digestOf(bytes);
  const request = `GET ${connection.address}/${path}`;
  if (isDigest(reference) && digest !== reference)
    throw new RegistryRefused(`the bytes have digest ${digest}`, { request });
  const json = parsed(bytes, request);
  const mediaType = mediaTypeOf(json) ?? response.headers.get('content-type') ?? '';
  return { digest, mediaType, size: bytes.length, bytes, json };
};

const parsed = (bytes: Buffer, request: string): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new RegistryRefused('the manifest is no JSON', { request, cause: error });
  }
};

const mediaTypeOf = (json: unknown): string | undefined =>
  typeof json === 'object' && json !== null && 'mediaType' in json && typeof json.mediaType === 'string'
    ? json.mediaType
    : undefined;

/** Stores it under a tag or under its own digest. Repeating it does no harm. */
export const putManifest = async (
  connection: Connection,
  repository: string,
  reference: string,
  bytes: Uint8Array,
  mediaType: string,
): Promise<Digest> => {
  const path = pathOf(repository, reference);
  const response = await connection.request({
    method: 'PUT',
    path,
    headers: { 'content-type': mediaType },
    body: bytes,
  });
  await response.body?.cancel();
  return digestOf(bytes);
};

/** Deletes by digest. One that is not there is as good as deleted. */
export const deleteManifest = async (
  connection: Connection,
  repository: string,
  digest: Digest,
): Promise<void> => {
  const path = pathOf(repository, digest);
  const response = await connection.request({ method: 'DELETE', path, expected: [404] });
  await response.body?.cancel();
};

/** All tags, page by page; none for a repository that does not exist. */
export const listTags = async (connection: Connection, repository: string): Promise<readonly string[]> => {
  const tags: string[] = [];
  let path: string | undefined = `${repository}/tags/list?n=1000`;
  while (path !== undefined) {
    const response: Response = await connection.request({ method: 'GET', path, expected: [404] });
    const answer: unknown = response.status === 404 ? {} : await response.json();
    tags.push(...tagsOf(answer));
    const next: string | undefined = /<([^>]+)>\s*;\s*rel="?next"?/.exec(
      response.headers.get('link') ?? '',
    )?.[1];
    path = next === undefined ? undefined : new URL(next, response.url).href;
  }
  return tags.sort();
};

const tagsOf = (answer: unknown): string[] =>
  typeof answer === 'object' && answer !== null && 'tags' in answer && Array.isArray(answer.tags)
    ? answer.tags.filter((tag): tag is string => typeof tag === 'string')
    : [];
