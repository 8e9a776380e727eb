/**
 * The one way out of a build that has no network: a reverse proxy on a Unix socket that fetches from the distro
 * release's repositories and from nowhere else. What it hands over is still checked by its signature.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BuildCommand } from '../../schemas/commands/run.ts';
import type { Arch } from '../../schemas/ids.ts';
import { BuildFailed } from './build-failed.ts';
import { baseurlFor, isLocal } from './repository-files.ts';

type Repositories = BuildCommand['repositories'];

interface RepositoryGate {
  /** Of the Unix socket. */
  readonly socket: string;
  /** Repositories that did not answer as they should, and how: the image is not to blame for what follows. */
  failures(): readonly string[];
  close(): Promise<void>;
}

/** Undefined where all repositories are directories: there is nothing to let through. */
const openGate = async (repositories: Repositories, arch: Arch): Promise<RepositoryGate | undefined> => {
  const remote = new Map(
    repositories.filter((each) => !isLocal(each)).map(({ id, baseurl }) => [id, baseurlFor(baseurl, arch)]),
  );
  if (remote.size === 0) return undefined;
  const failures = new Map<string, string>();
  const stopping = new AbortController();
  const server = createServer((request, response) => {
    answer(request, response, { remote, failures, signal: stopping.signal }).catch(() => response.destroy());
  });
  // Paths of sockets are short by law of the kernel: never below a run's own directory.
  const directory = await mkdtemp(join(tmpdir(), 'flibs-gate-'));
  const socket = join(directory, 's');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  return {
    socket,
    failures: () => [...failures].map(([id, reason]) => `repository ${id}: ${reason}`),
    close: async () => {
      stopping.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** With a way to the repositories that are no directories. When one of them is away, the image is not to blame. */
export const throughItsGate = async <T>(
  order: Pick<BuildCommand, 'repositories' | 'arch'>,
  work: (gate: string | undefined) => Promise<T>,
): Promise<T> => {
  const gate = await openGate(order.repositories, order.arch);
  try {
    return await work(gate?.socket);
  } catch (error) {
    const [failure] = gate?.failures() ?? [];
    if (failure === undefined) throw error;
    throw new BuildFailed('infrastructure', failure, error);
  } finally {
    await gate?.close();
  }
};

interface Gate {
  readonly remote: ReadonlyMap<string, string>;
  readonly failures: Map<string, string>;
  readonly signal: AbortSignal;
}

const answer = async (request: IncomingMessage, response: ServerResponse, gate: Gate): Promise<void> => {
  const wanted = targetOf(request, gate.remote);
  if (wanted === undefined) {
    const known = [...gate.remote.keys()].join(', ');
    response.writeHead(403, { 'content-type': 'text/plain' });
    response.end(`a build reaches only its distro release's repositories, here: ${known}\n`);
    return;
  }
  const { id, url } = wanted;
  const found = await fetch(url, {
    method: request.method === 'HEAD' ? 'HEAD' : 'GET',
    headers: { 'accept-encoding': 'identity', ...rangeOf(request) },
    signal: gate.signal,
  }).catch((error: unknown) => reasonOf(error));
  if (typeof found === 'string' || found.status >= 500) {
    const reason = typeof found === 'string' ? found : `HTTP ${found.status}`;
    gate.failures.set(id, `${url}: ${reason}`);
    response.writeHead(502, { 'content-type': 'text/plain' }).end(`${url}: ${reason}\n`);
    return;
  }
  gate.failures.delete(id);
  response.writeHead(found.status, passedOn(found));
  if (found.body === null) response.end();
  else await pipeline(Readable.fromWeb(found.body), response);
};

/** `/<repository>/<path>`, without a way up. */
const targetOf = (
  { method, url = '' }: IncomingMessage,
  remote: ReadonlyMap<string, string>,
): { id: string; url: string } | undefined => {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const [, id = '', path = ''] = /^\/([A-Za-z0-9._-]+)\/([^?#\\]*)$/.exec(url) ?? [];
  const baseurl = remote.get(id);
  if (baseurl === undefined || path.split('/').some((part) => /^(?:\.|%2e){1,2}$/i.test(part)))
    return undefined;
  return { id, url: `${baseurl.replace(/\/$/, '')}/${path}` };
};

const rangeOf = ({ headers }: IncomingMessage): { range?: string } =>
  headers.range === undefined ? {} : { range: headers.range };

const passedOn = (found: Response): Record<string, string> => {
  const names = ['content-type', 'content-length', 'content-range', 'last-modified', 'etag', 'accept-ranges'];
  return Object.fromEntries(
    names.flatMap((name) => (found.headers.has(name) ? [[name, found.headers.get(name) ?? '']] : [])),
  );
};

/** fetch hides what went wrong in the innermost cause. */
const reasonOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('cause' in error && error.cause !== undefined) return reasonOf(error.cause);
  return 'message' in error && error.message !== '' ? String(error.message) : String(error);
};
