import { afterEach, describe, expect, test } from '@jest/globals';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { z } from 'zod';
import type { Actions } from '../../../src/api/actions.ts';
import { refusal } from '../../../src/api/loopback-only.ts';
import { buildApi } from '../../../src/api/server.ts';
import { startApi } from '../../../src/api/start.ts';
import { Refused } from '../../../src/flows/refused.ts';
import { aContext, localToken } from './a-context.ts';

let api: FastifyInstance | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

/** As the command line of the same machine asks. */
const authorized = (request: InjectOptions): InjectOptions => ({
  ...request,
  headers: { authorization: `Bearer ${localToken}`, ...request.headers },
});

const ask = async (request: InjectOptions, actions: Partial<Actions> = {}) => {
  api = await buildApi(aContext(actions), '127.0.0.1');
  const answer = await api.inject(authorized(request));
  return { status: answer.statusCode, body: answer.json<unknown>() };
};

describe('who may ask', () => {
  test.each(['localhost', 'localhost:80', '127.0.0.1:4000', '[::1]:4000', 'LOCALHOST'])(
    'Host: %s',
    async (host) => {
      expect((await ask({ url: '/api/v1/images', headers: { host } })).status).toBe(200);
    },
  );

  test.each(['evil.example.org', 'localhost.evil.example.org', 'localhost@evil', '127.0.0.1.nip.io:80'])(
    'not a name that may have been rebound: Host: %j',
    async (host) => {
      const { status, body } = await ask({ url: '/api/v1/images', headers: { host } });
      expect(status).toBe(403);
      expect(body).toMatchObject({ error: expect.stringContaining('which is not this machine') });
    },
  );

  test.each(['http://evil.example.org', 'null', 'http://localhost:4000'])(
    'not a web page: Origin: %s',
    async (origin) => {
      const { status } = await ask({
        method: 'POST',
        url: '/api/v1/definitions/reload',
        headers: { origin },
      });
      expect(status).toBe(403);
    },
  );

  test('not without a Host', () => {
    expect(refusal({}, '127.0.0.1')).toMatch(/the Host header names ""/);
  });

  test('no answer allows other origins', async () => {
    api = await buildApi(aContext(), '127.0.0.1');
    const { headers } = await api.inject('/api/v1/images');
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('actions', () => {
  const request = {
    method: 'POST',
    url: '/api/v1/builds/webd-2.0-3/retry',
    payload: { arch: 's390x' },
  } as const;

  test('are called with what was asked for, and their outcome is the answer', async () => {
    const asked: unknown[] = [];
    const retryBuild: Actions['retryBuild'] = async (...given) => {
      asked.push(given);
      return { did: 'tried again' };
    };
    expect(await ask(request, { retryBuild })).toEqual({ status: 200, body: { did: 'tried again' } });
    expect((await ask({ method: 'POST', url: request.url }, { retryBuild })).status).toBe(200);
    expect(asked).toEqual([
      ['webd-2.0-3', 's390x'],
      ['webd-2.0-3', undefined],
    ]);
  });

  test.each([
    [
      new Refused('not-found', 'there is no build x', 'look'),
      404,
      { error: 'there is no build x', hint: 'look' },
    ],
    [new Refused('conflict', 'it is running'), 409, { error: 'it is running' }],
    [new Refused('forbidden', 'not ann'), 403, { error: 'not ann' }],
    [
      Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
      503,
      { error: 'the store does not answer', hint: expect.any(String) },
    ],
    [new Error('secret detail'), 500, { error: 'flibs failed to answer this', hint: 'its log says why' }],
  ])('%s becomes %i', async (error, status, body) => {
    expect(await ask(request, { retryBuild: () => Promise.reject(error) })).toMatchObject({ status, body });
  });
});

describe('what is not there is 404 with a hint', () => {
  test.each([
    '/api/v1/images/webd',
    '/api/v1/rebuilds/4',
    '/api/v1/why/webd',
    '/api/v1/dead-letters/9',
    '/api/v1/builds/a-1-1/logs/x86_64',
    '/nothing',
  ])('%s', async (url) => {
    const { status, body } = await ask({ url });
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: expect.stringMatching(/^there is no /), hint: expect.any(String) });
  });
});

describe('while the store is away', () => {
  const asleep = () => {
    const context = aContext();
    const store = { connected: false, since: '2026-11-23T10:20:32.000Z', waiting: 'connection refused' };
    return { ...context, status: () => ({ ...context.status(), store }) };
  };
  const askAsleep = async (request: InjectOptions) => {
    const api = await buildApi(asleep(), '127.0.0.1');
    const answer = await api.inject(request);
    return { status: answer.statusCode, body: answer.json<unknown>() };
  };

  test('the status is answered', async () => {
    const { status, body } = await askAsleep({ url: '/api/v1/status' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      store: { connected: false, waiting: 'connection refused' },
      waiting: [],
      workers: [],
    });
  });

  test.each([
    { url: '/api/v1/images' },
    { url: '/api/v1/why/webd' },
    { method: 'POST', url: '/api/v1/builds', payload: { image: 'webd' } },
  ] as const)('$url is answered with 503, what is waited for, and since when', async (request) => {
    expect(await askAsleep(request)).toMatchObject({
      status: 503,
      body: {
        error: 'the store cannot be asked since 2026-11-23T10:20:32.000Z: connection refused',
        hint: expect.stringContaining('flibs status'),
      },
    });
  });

  test('what is no route is still told to be none', async () => {
    expect((await askAsleep({ url: '/api/v1/nothing' })).status).toBe(404);
  });
});

test('openapi.json documents every route with its answers', async () => {
  const { body } = await ask({ url: '/api/v1/openapi.json' });
  const Document = z.object({
    openapi: z.literal('3.1.0'),
    paths: z.record(
      z.string(),
      z.record(z.string(), z.object({ summary: z.string(), responses: z.record(z.string(), z.unknown()) })),
    ),
  });
  const { paths } = Document.parse(body);
  expect(Object.keys(paths).sort()).toEqual([
    '/api/v1.0/about',
    '/api/v1.0/decision',
    '/api/v1.0/policies',
    '/api/v1.0/subject_types',
    '/api/v1.0/validate-gating-yaml',
    '/api/v1.0/waivers/',
    '/api/v1.0/waivers/+filtered',
    '/api/v1.0/waivers/{id}',
    '/api/v1/adoptions',
    '/api/v1/audit',
    '/api/v1/builds',
    '/api/v1/builds/{nvr}/cancel',
    '/api/v1/builds/{nvr}/logs/{arch}',
    '/api/v1/builds/{nvr}/retry',
    '/api/v1/dead-letters',
    '/api/v1/dead-letters/{id}',
    '/api/v1/dead-letters/{id}/retry',
    '/api/v1/definitions/reload',
    '/api/v1/events',
    '/api/v1/gate/{nvr}',
    '/api/v1/images',
    '/api/v1/images/{name}',
    '/api/v1/inventory',
    '/api/v1/pause',
    '/api/v1/rebuilds',
    '/api/v1/rebuilds/{id}',
    '/api/v1/rebuilds/{id}/cancel',
    '/api/v1/reconcile',
    '/api/v1/resume',
    '/api/v1/status',
    '/api/v1/tokens',
    '/api/v1/tokens/{token}/revoke',
    '/api/v1/what-if',
    '/api/v1/why-not/{image}/{source}',
    '/api/v1/why/{subject}',
    '/api/v2.0/results',
    '/api/v2.0/results/latest',
    '/api/v2.0/results/{id}',
    '/api/v2.0/testcases/{name}/results',
    '/healthcheck',
  ]);
  for (const methods of Object.values(paths)) {
    for (const { responses } of Object.values(methods)) {
      const statuses = Object.keys(responses);
      // What is made is 201, as those have it whose interface it is.
      expect(statuses.filter((status) => status.startsWith('2'))).toHaveLength(1);
      expect(statuses).toContain('503');
    }
  }
});

describe('startApi', () => {
  test('listens on a free port of loopback, answers, and stops', async () => {
    const running = await startApi({ ...aContext(), host: '127.0.0.1', port: 0 });
    expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${running.url}/api/v1/images`)).status).toBe(200);
    await running.stop();
    await running.stop();
    await expect(fetch(`${running.url}/api/v1/images`)).rejects.toThrow();
  });

  test('says which address it cannot have', async () => {
    const first = await startApi({ ...aContext(), host: '127.0.0.1', port: 0 });
    const port = Number(new URL(first.url).port);
    await expect(startApi({ ...aContext(), host: '127.0.0.1', port })).rejects.toThrow(
      `the API cannot listen on 127.0.0.1:${port} (api.host, api.port)`,
    );
    await first.stop();
  });
});
