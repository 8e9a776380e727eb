/** Asks the API of a running flibs; its answers are checked against the API's own schemas. */
import type { z } from 'zod';
import { Problem as WholeProblem } from '../api/wire/problem.ts';
import { reasonOf } from '../config/problem.ts';
import type { OptionValues } from './config-options.ts';
import type { ExitName } from './exit-codes.ts';
import { findApi } from './find-api.ts';
import { findToken } from './find-token.ts';
import type { Terminal } from './terminal.ts';
import { UserError } from './user-error.ts';

/** What is told of a problem. */
const Problem = WholeProblem.pick({ error: true, hint: true });

export interface Client {
  get<Body extends z.ZodType>(path: string, body: Body): Promise<z.output<Body>>;
  /** What only those may read who have a token. */
  getGuarded<Body extends z.ZodType>(path: string, body: Body): Promise<z.output<Body>>;
  post<Body extends z.ZodType>(path: string, body: Body, sent?: unknown): Promise<z.output<Body>>;
  /** Text as it comes. */
  text(path: string): AsyncIterable<string>;
}

/** One part of a path, whatever is in it. */
export const part = (name: string | number): string => encodeURIComponent(String(name));

const exitOf = (status: number): ExitName => {
  if (status === 400) return 'usage';
  return status === 404 ? 'not-found' : 'failed';
};

const problemOf = async (response: Response): Promise<UserError> => {
  const text = await response.text();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  const problem = Problem.safeParse(parsed);
  if (problem.success)
    return new UserError(exitOf(response.status), problem.data.error, { hint: problem.data.hint });
  return new UserError('failed', `the API answered ${response.status}: ${text.slice(0, 200)}`);
};

/** The innermost reason of a failed fetch: `fetch failed` says nothing. */
const innermost = (error: unknown): string => {
  if (typeof error === 'object' && error !== null && 'cause' in error && error.cause !== undefined) {
    return innermost(error.cause);
  }
  return reasonOf(error);
};

const ask = async (url: string, path: string, request: RequestInit): Promise<Response> => {
  let response: Response;
  try {
    response = await fetch(`${url}${path}`, request);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw new UserError('no-flibs', `no flibs answers at ${url}: ${innermost(error)}`, {
      hint: 'it may have been stopped or killed; `flibs up` starts one',
      cause: error,
    });
  }
  if (!response.ok) throw await problemOf(response);
  return response;
};

const checked = async <Body extends z.ZodType>(
  response: Response,
  body: Body,
  path: string,
): Promise<z.output<Body>> => {
  const parsed = body.safeParse(await response.json());
  if (parsed.success) return parsed.data;
  throw new UserError('failed', `the API's answer to ${path} is not understood`, {
    hint: 'the running flibs is of another version than this command',
    cause: parsed.error,
  });
};

/** A client for the flibs that these options mean. */
export const connect = async (options: OptionValues, terminal: Terminal): Promise<Client> => {
  const url = await findApi(options, terminal);
  const signal = terminal.interrupted;
  let found: Promise<Record<string, string>> | undefined;
  /** Looked for when something needs it. */
  const authorization = (): Promise<Record<string, string>> => {
    found ??= findToken(url, options, terminal).then(
      (token): Record<string, string> => (token === undefined ? {} : { authorization: `Bearer ${token}` }),
    );
    return found;
  };
  return {
    get: async (path, body) => checked(await ask(url, path, { signal }), body, path),
    getGuarded: async (path, body) =>
      checked(await ask(url, path, { signal, headers: await authorization() }), body, path),
    post: async (path, body, sent) => {
      const type: Record<string, string> = sent === undefined ? {} : { 'content-type': 'application/json' };
      const headers = { ...type, ...(await authorization()) };
      const content = sent === undefined ? {} : { body: JSON.stringify(sent) };
      return checked(await ask(url, path, { method: 'POST', signal, headers, ...content }), body, path);
    },
    text: async function* (path) {
      const response = await ask(url, path, { signal });
      if (response.body !== null) yield* response.body.pipeThrough(new TextDecoderStream());
    },
  };
};
