/** One registry over HTTP: retries, credentials, and errors by what the caller can do. */
import { setTimeout as delay } from 'node:timers/promises';
import { getSystemErrorMap } from 'node:util';
import { authorise } from './authorise.ts';
import { RegistryRefused, RegistryUnavailable } from './registry-errors.ts';

export interface RegistryAddress {
  /** `host[:port]`. */
  readonly address: string;
  /** Plain HTTP. Default: only for a registry on this machine's loopback. */
  readonly insecure?: boolean;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Attempts in all. Default 6, about eight seconds. */
  readonly attempts?: number;
  /** Milliseconds that the first pause between two attempts may take; each later one twice as many. Default 500. */
  readonly pause?: number;
}

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | 'PATCH';
  /** Below `/v2/`, or a whole URL that the registry gave. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | (() => ReadableStream<Uint8Array>);
  /** Statuses that are answers, besides 2xx. */
  readonly expected?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

export interface Connection {
  readonly address: string;
  /** @throws RegistryUnavailable after the last attempt, RegistryRefused on another 4xx. */
  request(request: RegistryRequest): Promise<Response>;
}

export const isLoopback = (address: string): boolean =>
  /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]+)?$/.test(address);

export const connectTo = (registry: RegistryAddress): Connection => {
  const scheme = (registry.insecure ?? isLoopback(registry.address)) ? 'http' : 'https';
  const base = `${scheme}://${registry.address}/v2/`;
  const { attempts = 6, pause = 500 } = registry;
  const tokens = new Map<string, string>();
  const attempt = async (request: RegistryRequest): Promise<Response> => {
    const url = new URL(request.path, base);
    // The upload address may name another host; credentials stay with the registry.
    const own = url.host === new URL(base).host;
    const response = await send(url, request, own ? tokens.get(scopeOf(url)) : undefined);
    if (response.status !== 401 || !own) return response;
    const authorization = await authorise(response, registry.credentials);
    if (authorization === undefined) return response;
    tokens.set(scopeOf(url), authorization);
    await response.body?.cancel();
    return send(url, request, authorization);
  };
  return {
    address: registry.address,
    request: async (request) => {
      if (request.path.split('/').includes('..'))
        throw new RegistryRefused('not a path', { request: request.path });
      const name = `${request.method} ${new URL(request.path, base).href.split('?')[0]}`;
      for (let tried = 1; ; tried += 1) {
        const outcome = await judged(attempt(request), request, name);
        if (!(outcome instanceof RegistryUnavailable)) return outcome;
        if (tried >= attempts || request.signal?.aborted) throw outcome;
        // Full jitter over a doubling ceiling, so that many clients do not come back together.
        await delay(Math.random() * Math.min(pause * 2 ** (tried - 1), 8000), undefined, {
          signal: request.signal,
        });
      }
    },
  };
};

/** A token is good for one repository, and pushing needs another one than pulling. */
const scopeOf = (url: URL): string => url.pathname.replace(/\/(?:blobs|manifests|tags)\/.*$/, '');

const send = async (
  url: URL,
  request: RegistryRequest,
  authorization: string | undefined,
): Promise<Response> => {
  const body = typeof request.body === 'function' ? request.body() : request.body;
  return fetch(url, {
    method: request.method,
    headers: { ...request.headers, ...(authorization === undefined ? {} : { authorization }) },
    ...(body === undefined ? {} : { body, duplex: 'half' }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
};

/** Passing troubles come back as a value, so that the caller can try again; lasting ones are thrown. */
const judged = async (
  sending: Promise<Response>,
  request: RegistryRequest,
  name: string,
): Promise<Response | RegistryUnavailable> => {
  let response: Response;
  try {
    response = await sending;
  } catch (error) {
    if (request.signal?.aborted) throw error;
    return new RegistryUnavailable(reasonOf(error), { request: name, cause: error });
  }
  if (response.ok || request.expected?.includes(response.status)) return response;
  const facts = { request: name, status: response.status };
  const reason = `${response.status} ${await explained(response)}`.trim();
  if (response.status === 429 || response.status >= 500) return new RegistryUnavailable(reason, facts);
  throw new RegistryRefused(reason, facts);
};

/** fetch hides the interesting part in the cause: ECONNREFUSED and its like. */
const reasonOf = (error: unknown): string => {
  const texts: string[] = [];
  for (
    let at: unknown = error;
    typeof at === 'object' && at !== null;
    at = 'cause' in at ? at.cause : undefined
  ) {
    if ('message' in at && typeof at.message === 'string' && at.message !== '') texts.push(at.message);
    else if ('code' in at && typeof at.code === 'string') texts.push(at.code);
  }
  return texts.join(': ') || 'no answer';
};

/** The distribution specification's error body, else the beginning of whatever was said. */
const explained = async (response: Response): Promise<string> => {
  const text = await response.text().catch(() => '');
  const message = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  const code = /"code"\s*:\s*"([A-Z_]+)"/.exec(text)?.[1];
  const detail = response.status >= 500 ? ownTrouble(text) : undefined;
  return [code, message ?? text.slice(0, 200), detail].filter(Boolean).join(': ');
};

/**
 * What keeps the registry itself from answering, a full disk say: told in the error's detail alone, as a text or, where
 * its storage driver failed, with the number of the system's error.
 */
const ownTrouble = (text: string): string | undefined => {
  const errno = /"Err"\s*:\s*([0-9]{1,3})\b/.exec(text)?.[1];
  if (errno !== undefined) return getSystemErrorMap().get(-Number(errno))?.[1];
  return /"detail"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]?.slice(0, 500);
};
