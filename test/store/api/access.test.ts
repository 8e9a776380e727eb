/** Tokens, what they let one do, and what the audit keeps of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LightMyRequestResponse } from 'fastify';
import { sql } from 'kysely';
import { identify } from '../../../src/api/identify.ts';
import type { NewToken, TokenRequest } from '../../../src/api/wire/token.ts';
import { prune } from '../../../src/runtime/prune.ts';
import { tokenHash } from '../../../src/runtime/token-text.ts';
import { type ActingApi, anActingApi } from './an-acting-api.ts';

let api: ActingApi;

beforeAll(async () => {
  api = await anActingApi();
});
beforeEach(async () => {
  await sql`truncate token, audit, pause`.execute(api.store.db);
});
afterAll(() => api.close());

const post = (path: string, token?: string, payload?: object) => api.post(`/api/v1/${path}`, payload, token);

const get = (path: string, token: string): Promise<LightMyRequestResponse> =>
  api.server.inject({ url: `/api/v1/${path}`, headers: { authorization: `Bearer ${token}` } });

const aToken = (request: Partial<TokenRequest> = {}): Promise<NewToken> => api.aToken(request);

const pauseAll = { scope: 'everything', by: 'ann', reason: 'mending' };

/** Oldest first, without the making of tokens. */
const audit = () =>
  api.store.db.selectFrom('audit').selectAll().where('route', '<>', '/api/v1/tokens').orderBy('id').execute();

describe('a token', () => {
  test('lets one do what its scope is for, and no more', async () => {
    const { token } = await aToken();
    expect((await post('pause', token, pauseAll)).statusCode).toBe(200);
    const refused = await post('dead-letters/1/retry', token);
    expect(refused.statusCode).toBe(403);
    expect(refused.headers['www-authenticate']).toContain('error="insufficient_scope", scope="admin"');
    expect(refused.json()).toMatchObject({ error: 'the token ann lacks the scope admin' });
  });

  test('with the scope admin lets one do everything, and make tokens', async () => {
    const { token } = await aToken({ scopes: ['admin'] });
    expect((await post('pause', token, pauseAll)).statusCode).toBe(200);
    expect((await post('tokens', token, { name: 'bob', scopes: ['results'] })).statusCode).toBe(200);
    const by = await api.store.db
      .selectFrom('token')
      .select('created_by')
      .where('name', '=', 'bob')
      .execute();
    expect(by).toEqual([{ created_by: 'ann' }]);
  });

  test('tells who asks as it was made', async () => {
    const { id, token } = await aToken({ scopes: ['results', 'waivers'], testCases: ['web.*'] });
    const caller = { id, name: 'ann', scopes: ['results', 'waivers'], testCases: ['web.*'] };
    expect(await identify(`bearer ${token}`, { store: api.store })).toEqual({ caller });
  });

  test('is kept as a hash alone, and found in nothing that is answered', async () => {
    const { token } = await aToken();
    const { rows } = await sql<{ row: string }>`select token::text as row from token`.execute(api.store.db);
    expect(rows[0]?.row).toContain(tokenHash(token).toString('hex'));
    expect(rows[0]?.row).not.toContain(token);
    expect((await get('tokens', api.own)).body).not.toContain(token);
    expect((await get('audit', api.own)).body).not.toContain(token);
  });

  test('that is revoked lets nobody in from then on, and says so to who has it', async () => {
    const { id, token } = await aToken();
    expect((await post(`tokens/${id}/revoke`, api.own)).statusCode).toBe(200);
    const answer = await post('pause', token, pauseAll);
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ error: 'the token ann was revoked' });
  });

  test('is revoked by its name too, and its name is free then', async () => {
    await aToken();
    expect((await post('tokens', api.own, { name: 'ann', scopes: ['admin'] })).statusCode).toBe(409);
    expect((await post('tokens/ann/revoke', api.own)).json()).toMatchObject({
      did: expect.stringMatching(/^token ann/),
    });
    expect((await post('tokens/ann/revoke', api.own)).statusCode).toBe(404);
    expect((await post('tokens', api.own, { name: 'ann', scopes: ['admin'] })).statusCode).toBe(200);
  });

  test('ends by itself when it was made to', async () => {
    const { token } = await aToken({ expires: '2999-01-01T00:00Z' });
    expect((await post('pause', token, pauseAll)).statusCode).toBe(200);
    await sql`update token set expires_at = now()`.execute(api.store.db);
    expect((await post('pause', token, pauseAll)).json()).toMatchObject({
      error: 'the token ann has expired',
    });
  });

  test.each([
    ['a name that is taken for the command line', { name: 'local' }, 400],
    ['a name that a terminal would act on', { name: 'a\u001b[31m' }, 400],
    ['a scope that there is not', { scopes: ['everything'] }, 400],
    ['no scope', { scopes: [] }, 400],
    ['test cases for what is no test', { testCases: ['web.*'] }, 400],
    ['an end that is past', { expires: '2001-01-01T00:00Z' }, 409],
  ])('is not made with %s', async (_, changes, status) => {
    const answer = await post('tokens', api.own, { name: 'ann', scopes: ['rebuilds'], ...changes });
    expect(answer.statusCode).toBe(status);
  });

  test('is listed with what it is for and when it was used last, to some minutes', async () => {
    const { token } = await aToken({ scopes: ['results'], testCases: ['web.*'] });
    const listed = async () => (await get('tokens', api.own)).json<unknown[]>();
    expect(await listed()).toMatchObject([
      {
        name: 'ann',
        state: 'valid',
        scopes: ['results'],
        testCases: ['web.*'],
        createdBy: 'local',
        lastUsedAt: null,
      },
    ]);
    await post('pause', token, pauseAll);
    const used = await listed();
    expect(used).toMatchObject([{ lastUsedAt: expect.any(String) }]);
    await post('pause', token, pauseAll);
    expect(await listed()).toEqual(used);
  });
});

describe('the audit', () => {
  test('says who did what, to what and from where, in the transaction that did it', async () => {
    const { id, token } = await aToken();
    const { headers } = await post('pause', token, pauseAll);
    const rows = await audit();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      who: 'ann',
      token: id,
      address: '127.0.0.1',
      method: 'POST',
      route: '/api/v1/pause',
      subject: 'everything',
      status: 200,
      request_id: headers['x-request-id'],
    });
    const { rows: together } = await sql<{ same: boolean }>`
      select audit.xmin = pause.xmin as same from audit, pause where route = '/api/v1/pause'`.execute(
      api.store.db,
    );
    expect(together).toEqual([{ same: true }]);
  });

  test('holds what was refused, and whose token it was', async () => {
    const { id, token } = await aToken();
    await post('pause', undefined, pauseAll);
    await post('dead-letters/7/retry', token);
    await post('tokens/ann/revoke', api.own);
    await post('pause', token, pauseAll);
    expect(
      (await audit()).map(({ who, token: of, route, subject, status }) => [who, of, route, subject, status]),
    ).toEqual([
      [null, null, '/api/v1/pause', null, 401],
      ['ann', id, '/api/v1/dead-letters/:id/retry', '7', 403],
      ['local', null, '/api/v1/tokens/:token/revoke', 'ann', 200],
      ['ann', id, '/api/v1/pause', null, 401],
    ]);
  });

  test('holds what was asked for and not done', async () => {
    await post('dead-letters/7/retry', api.own);
    await post('builds', api.own, { image: 'no such' });
    expect((await audit()).map(({ subject, status }) => [subject, status])).toEqual([
      ['7', 404],
      ['no such', 400],
    ]);
  });

  test('holds nothing of what is only read', async () => {
    await get('images', api.own);
    await get('tokens', api.own);
    await post('what-if', api.own, { sources: ['a-1-1'] });
    expect(await audit()).toEqual([]);
  });

  test('takes a subject of any bytes and length', async () => {
    const answer = await post(`tokens/${encodeURIComponent(`\0${'x'.repeat(250)}`)}/revoke`, api.own);
    expect(answer.statusCode).toBe(400);
    await post('adoptions', api.own, { pullspecs: Array(40).fill('a'.repeat(100)) });
    const subjects = (await audit()).map(({ subject }) => subject);
    expect(subjects[0]).toMatch(/^\ufffdx+$/);
    expect(subjects[1]).toHaveLength(500);
  });

  test('is told newest first, since a time, page by page', async () => {
    await sql`insert into audit (at, who, address, method, route, status, request_id)
      select now() - make_interval(days => n), 'ann', '127.0.0.1', 'POST', '/x', 200, gen_random_uuid()
      from generate_series(5, 1, -1) as n`.execute(api.store.db);
    const rows = (await get('audit?limit=3', api.own)).json<{ id: number; at: string }[]>();
    expect(rows).toHaveLength(3);
    expect(rows.map(({ at }) => at)).toEqual(
      rows
        .map(({ at }) => at)
        .sort()
        .reverse(),
    );
    const rest = (await get(`audit?before=${rows[2]?.id}`, api.own)).json<unknown[]>();
    expect(rest).toHaveLength(2);
    const since = new Date(Date.now() - 2.5 * 86_400_000).toISOString();
    expect((await get(`audit?since=${since}`, api.own)).json<unknown[]>()).toHaveLength(2);
  });

  test('is forgotten after a year', async () => {
    await sql`insert into audit (at, address, method, route, status, request_id)
      select now() - make_interval(days => n), '127.0.0.1', 'POST', '/x', 200, gen_random_uuid()
      from unnest(array[364, 366]) as n`.execute(api.store.db);
    expect(await prune(api.environment)).toMatchObject({ audit: 1 });
  });
});
