/** What is wrong with a request is told, and what is allowed. */
import { describe, expect, test } from '@jest/globals';
import type { InjectOptions } from 'fastify';
import { buildApi } from '../../../src/api/server.ts';
import { aContext, localToken } from './a-context.ts';

const ask = async (request: InjectOptions) => {
  const api = await buildApi(aContext(), '127.0.0.1');
  const headers = { authorization: `Bearer ${localToken}`, ...request.headers };
  const answer = await api.inject({ ...request, headers });
  await api.close();
  return { status: answer.statusCode, body: answer.json<unknown>() };
};

describe('a bad input is 400 and names the field', () => {
  test.each<[string, InjectOptions, RegExp]>([
    ['an image name', { url: '/api/v1/images/..%2Fx' }, /params\/name: must be lower case/],
    ['a path that is no text', { url: '/api/v1/images/%zz' }, /%zz/],
    ['a rebuild', { url: '/api/v1/rebuilds/x' }, /params\/id: /],
    ['a limit', { url: '/api/v1/rebuilds?limit=9999' }, /querystring\/limit: /],
    ['an unknown query', { url: '/api/v1/events?sinec=1' }, /sinec/],
    [
      'an arch',
      { method: 'POST', url: '/api/v1/builds', payload: { image: 'a', arches: ['amd64'] } },
      /body\/arches\/0: .*x86_64/,
    ],
    [
      'an unknown key',
      { method: 'POST', url: '/api/v1/builds', payload: { image: 'a', arch: 'x86_64' } },
      /"arch"/,
    ],
    ['no body', { method: 'POST', url: '/api/v1/builds' }, /body: /],
    [
      'a source',
      { method: 'POST', url: '/api/v1/what-if', payload: { sources: ['--flag'] } },
      /body\/sources\/0: must be name-version-release/,
    ],
    [
      'a pause of nothing we know',
      { method: 'POST', url: '/api/v1/pause', payload: { scope: 'webd', by: 'ann', reason: 'x' } },
      /body\/scope: /,
    ],
    [
      'a pause without a reason',
      { method: 'POST', url: '/api/v1/pause', payload: { scope: 'everything', by: 'ann' } },
      /body\/reason: /,
    ],
    [
      'an NVR',
      { method: 'POST', url: '/api/v1/builds/$(x)/cancel' },
      /params\/nvr: must be name-version-release/,
    ],
    [
      'a key for what takes none',
      { method: 'POST', url: '/api/v1/definitions/reload', payload: { force: true } },
      /"force"/,
    ],
    [
      'no JSON',
      {
        method: 'POST',
        url: '/api/v1/builds',
        payload: '{',
        headers: { 'content-type': 'application/json' },
      },
      /JSON/,
    ],
  ])('%s', async (_, request, error) => {
    const { status, body } = await ask(request);
    expect(status).toBe(400);
    expect(body).toMatchObject({ type: 'about:blank', status: 400, error: expect.stringMatching(error) });
  });

  test('a body that is too large is 413, and how large one may be is told', async () => {
    const large = { method: 'POST', url: '/api/v1/builds', payload: { image: 'a'.repeat(70_000) } } as const;
    expect(await ask(large)).toMatchObject({
      status: 413,
      body: { error: 'the body is larger than 65536 bytes' },
    });
  });

  test.each(['application/x-www-form-urlencoded', 'text/plain'])(
    'a body of type %s is 415, and what is read is told',
    async (type) => {
      const headers = { 'content-type': type };
      const { status, body } = await ask({ method: 'POST', url: '/api/v1/builds', payload: 'x', headers });
      expect(status).toBe(415);
      expect(body).toMatchObject({ hint: expect.stringContaining('application/json') });
    },
  );
});
