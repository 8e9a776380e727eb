/** Who may write: tokens, scopes, and what is said to those who may not. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { FastifyInstance, InjectOptions } from 'fastify';
import fastify from 'fastify';
import { z } from 'zod';
import { changesNothing, demandAccess, needs } from '../../../src/api/access.ts';
import { usualRates } from '../../../src/api/authenticate.ts';
import { withZod } from '../../../src/api/context.ts';
import { buildApi } from '../../../src/api/server.ts';
import { callerOf } from '../../../src/api/trail.ts';
import { Problem } from '../../../src/api/wire/problem.ts';
import { newTokenText } from '../../../src/runtime/token-text.ts';
import { aContext, localToken } from './a-context.ts';

let api: FastifyInstance | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

const anApi = async (rates = usualRates): Promise<FastifyInstance> => {
  const reloadDefinitions = async () => ({ did: 'looked' });
  api = await buildApi(aContext({ reloadDefinitions }), '127.0.0.1', rates);
  return api;
};

const reload: InjectOptions = { method: 'POST', url: '/api/v1/definitions/reload' };
const as = (authorization: string): InjectOptions => ({ ...reload, headers: { authorization } });

describe('what changes something', () => {
  test('is done for the command line of the same machine', async () => {
    const answer = await (await anApi()).inject(as(`Bearer ${localToken}`));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('is refused without a token, saying how one is sent', async () => {
    const answer = await (await anApi()).inject(reload);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="flibs"');
    expect(answer.json()).toMatchObject({ error: 'this needs a token, and none was sent' });
  });

  test.each([
    'Basic YTpi',
    'Bearer',
    'Bearer flibs_short',
    `Bearer ${localToken}x`,
    `Bearer ${newTokenText()}`,
    `Bearer ${localToken} ${localToken}`,
  ])('is refused with %s', async (authorization) => {
    const answer = await (await anApi()).inject(as(authorization));
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    expect(answer.body).not.toContain('flibs_');
  });

  test('is refused before its body is read', async () => {
    const payload = '{'.repeat(70_000);
    const headers = { 'content-type': 'application/json' };
    expect((await (await anApi()).inject({ ...reload, payload, headers })).statusCode).toBe(401);
  });
});

test('what is only read, and a POST that changes nothing, needs no token', async () => {
  const server = await anApi();
  expect((await server.inject('/api/v1/images')).statusCode).toBe(200);
  const question = { method: 'POST', url: '/api/v1/what-if', payload: {} } as const;
  expect((await server.inject(question)).statusCode).toBe(400);
});

test.each(['/api/v1/tokens', '/api/v1/audit'])('%s is read with a token only', async (url) => {
  expect((await (await anApi()).inject(url)).statusCode).toBe(401);
});

test('a problem is one as RFC 9457 has it, and what clients of ours read', async () => {
  const answer = await (await anApi()).inject(reload);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = Problem.parse(answer.json());
  expect(problem).toMatchObject({ type: 'about:blank', title: 'Unauthorized', status: 401 });
  expect(problem.detail).toBe(`${problem.error}; ${problem.hint}`);
});

describe('who asks too often is told when to come again', () => {
  const rates = { writing: { burst: 1, perSecond: 0.1 }, failing: { burst: 1, perSecond: 0.001 } };

  test('with a token', async () => {
    const server = await anApi(rates);
    expect((await server.inject(as(`Bearer ${localToken}`))).statusCode).toBe(200);
    const answer = await server.inject(as(`Bearer ${localToken}`));
    expect(answer.statusCode).toBe(429);
    expect(answer.headers['retry-after']).toBe('10');
    expect(answer.json()).toMatchObject({ error: 'local asks too often' });
  });

  test('without one, from an address; those who have one are let in from there', async () => {
    const server = await anApi(rates);
    expect((await server.inject(reload)).statusCode).toBe(401);
    expect((await server.inject(reload)).statusCode).toBe(429);
    expect((await server.inject({ ...reload, remoteAddress: '192.0.2.1' })).statusCode).toBe(401);
    expect((await server.inject(as(`Bearer ${localToken}`))).statusCode).toBe(200);
  });
});

describe('a route', () => {
  const bare = () => {
    const server = fastify();
    demandAccess(server);
    return withZod(server);
  };

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)(
    'of method %s that does not say who may call it is not added',
    (method) => {
      const add = () => bare().route({ method, url: '/x', handler: async () => '' });
      expect(add).toThrow(/\/x may change something and does not say who may/);
    },
  );

  test('is added once it says so', () => {
    const server = bare();
    server.post('/x', { config: needs('results') }, async () => '');
    server.post('/y', { config: changesNothing }, async () => '');
    server.get('/z', async () => '');
    expect(['/x', '/y'].map((url) => server.hasRoute({ method: 'POST', url }))).toEqual([true, true]);
  });

  test('that does not need a token has no caller', async () => {
    const server = bare();
    server.decorateRequest('trail', null);
    server.get('/z', async (request) => callerOf(request).name);
    expect((await server.inject('/z')).json()).toMatchObject({
      message: '/z does not say that it needs a token',
    });
  });
});

test('openapi.json names the scope that each needs, and how to send a token', async () => {
  const Operation = z.object({
    security: z.array(z.object({ bearer: z.array(z.string()) })).optional(),
    responses: z.record(z.string(), z.object({ content: z.record(z.string(), z.unknown()).optional() })),
  });
  const Document = z.object({
    components: z.object({ securitySchemes: z.object({ bearer: z.object({ scheme: z.string() }) }) }),
    paths: z.record(z.string(), z.record(z.string(), Operation)),
  });
  const { components, paths } = Document.parse((await (await anApi()).inject('/api/v1/openapi.json')).json());
  expect(components.securitySchemes.bearer.scheme).toBe('bearer');
  const scopeOf = (path: string) => paths[path]?.['post']?.security?.[0]?.bearer;
  expect(scopeOf('/api/v1/builds')).toEqual(['rebuilds']);
  expect(scopeOf('/api/v1/dead-letters/{id}/retry')).toEqual(['admin']);
  expect(scopeOf('/api/v1/what-if')).toBeUndefined();
  expect(Object.keys(paths['/api/v1/builds']?.['post']?.responses ?? {})).toEqual(
    expect.arrayContaining(['401', '403', '413', '415', '429']),
  );
  const notFound = paths['/api/v1/images/{name}']?.['get']?.responses['404'];
  expect(Object.keys(notFound?.content ?? {})).toEqual(['application/problem+json']);
});
