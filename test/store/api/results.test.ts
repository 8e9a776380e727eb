/** Results over HTTP, as ResultsDB v2 takes and tells them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { sql } from 'kysely';
import { buildApi } from '../../../src/api/server.ts';
import { NewToken } from '../../../src/api/wire/token.ts';
import { actionsOf } from '../../../src/cli/running/actions.ts';
import { newTokenText, tokenHash } from '../../../src/runtime/token-text.ts';
import { settings } from '../../simulation/fleet.ts';
import { aContext } from '../../unit/api/a-context.ts';
import { anEnvironment } from '../an-environment.ts';

let environment: Awaited<ReturnType<typeof anEnvironment>>;
let server: FastifyInstance;
const own = newTokenText();

beforeAll(async () => {
  environment = await anEnvironment();
  const actions = actionsOf(environment.environment, settings);
  const { store } = environment;
  server = await buildApi({ ...aContext(), store, actions, localTokenHash: tokenHash(own) }, '127.0.0.1');
});
beforeEach(async () => {
  await sql`truncate result, test_case, token, audit restart identity cascade`.execute(environment.store.db);
});
afterAll(async () => {
  await server.close();
  await environment.close();
});

const post = (payload: object | string, token = own): Promise<LightMyRequestResponse> =>
  server.inject({
    method: 'POST',
    url: '/api/v2.0/results',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    payload,
  });

const aResult = (changes: Record<string, unknown> = {}) => ({
  testcase: 'ci.install',
  outcome: 'PASSED',
  data: { item: 'bash-5.2-1.fc40', type: 'koji_build' },
  ...changes,
});

/** In the order given. */
const reported = async (...results: Record<string, unknown>[]): Promise<void> => {
  for (const changes of results) expect((await post(aResult(changes))).statusCode).toBe(201);
};

const get = (path: string): Promise<LightMyRequestResponse> => server.inject(`/api/v2.0/${path}`);

const idsAt = async (path: string): Promise<number[]> => {
  const answer = await get(path);
  expect(answer.statusCode).toBe(200);
  return answer.json<{ data: { id: number }[] }>().data.map(({ id }) => id);
};

describe('what is reported', () => {
  test('is answered and told again in the shape of ResultsDB', async () => {
    const answer = await post({
      testcase: { name: 'ci.install', ref_url: 'https://ci.test/docs' },
      outcome: 'needs_inspection',
      data: {
        item: 'bash-5.2-1.fc40',
        type: ['koji_build'],
        arch: ['x86_64', 'aarch64'],
        tries: 3,
        scratch: false,
      },
      groups: ['27f94e36-62ec-11e6-83fd-525400d7d6a4'],
      note: 'two lines\nof text',
      ref_url: 'https://ci.test/run/1',
      submit_time: '2026-03-16T17:42:04.209638',
    });
    expect(answer.statusCode).toBe(201);
    const told = {
      id: 1,
      href: 'http://localhost:80/api/v2.0/results/1',
      testcase: {
        name: 'ci.install',
        href: 'http://localhost:80/api/v2.0/testcases/ci.install',
        ref_url: 'https://ci.test/docs',
      },
      outcome: 'NEEDS_INSPECTION',
      submit_time: '2026-03-16T17:42:04.209638',
      note: 'two lines\nof text',
      ref_url: 'https://ci.test/run/1',
      groups: ['27f94e36-62ec-11e6-83fd-525400d7d6a4'],
      data: {
        item: ['bash-5.2-1.fc40'],
        type: ['koji_build'],
        arch: ['x86_64', 'aarch64'],
        tries: ['3'],
        scratch: ['False'],
      },
    };
    expect(answer.json()).toEqual(told);
    expect((await get('results/1')).json()).toEqual(told);
    expect((await get('results')).json()).toEqual({ prev: null, next: null, data: [told] });
  });

  test('keeps the address of a test case until another is told', async () => {
    await reported({ testcase: { name: 'ci.install', ref_url: 'https://ci.test/docs' } }, {});
    expect((await get('results/2')).json()).toMatchObject({ testcase: { ref_url: 'https://ci.test/docs' } });
  });

  test('is in the audit with the answer that was given', async () => {
    await reported({});
    const audit = await environment.store.db.selectFrom('audit').selectAll().execute();
    expect(audit).toMatchObject([
      { who: 'local', route: '/api/v2.0/results', subject: 'ci.install', status: 201 },
    ]);
  });

  test.each([
    ['no test case', { testcase: undefined }],
    ['a test case without a name', { testcase: {} }],
    ['a test case that has no such name', { testcase: 'ci install' }],
    ['an outcome that there is not', { outcome: 'GREAT' }],
    ['no outcome', { outcome: undefined }],
    ['a field that is not known', { severity: 'high' }],
    ['a NUL in the data', { data: { item: 'a\0b' } }],
    ['a control character in a key', { data: { 'it\u001bem': 'a' } }],
    ['a colon in a key', { data: { 'item:like': 'a' } }],
    ['half a character', { note: '\ud800' }],
    ['a control character in the note', { note: 'a\u001b[31m' }],
    ['an object in the data', { data: { item: { a: 'b' } } }],
    ['too many keys', { data: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, 'v'])) }],
    ['an address that is none', { ref_url: 'javascript:alert(1)' }],
    ['a time that is none', { submit_time: 'yesterday' }],
    ['an image with a broken digest', { data: { type: 'container-image', item: 'web@sha256:0f' } }],
    [
      'an image on an arch that nobody knows',
      { data: { type: 'container-image', item: 'web-1-1', arch: 'vax' } },
    ],
    ['two images', { data: { type: 'container-image', item: ['web-1-1', 'web-1-2'] } }],
  ])('is refused with %s', async (_, changes) => {
    const answer = await post(aResult(changes));
    expect({ status: answer.statusCode, type: answer.headers['content-type'] }).toEqual({
      status: 400,
      type: expect.stringContaining('application/problem+json'),
    });
    expect(await idsAt('results')).toEqual([]);
  });

  test('is refused where it is too large', async () => {
    expect((await post(aResult({ note: 'x'.repeat(70_000) }))).statusCode).toBe(413);
  });
});

describe('a token', () => {
  const aToken = async (request: object): Promise<string> => {
    const answer = await server.inject({
      method: 'POST',
      url: '/api/v1/tokens',
      headers: { authorization: `Bearer ${own}` },
      payload: { name: 'web-ci', scopes: ['results'], ...request },
    });
    return NewToken.parse(answer.json()).token;
  };

  test('reports the test cases that its globs name, and is named with them', async () => {
    const token = await aToken({ testCases: ['ci.*'] });
    expect((await post(aResult(), token)).statusCode).toBe(201);
    const rows = await environment.store.db.selectFrom('result').select(['reporter', 'origin']).execute();
    expect(rows).toEqual([{ reporter: 'web-ci', origin: 'http' }]);
  });

  test.each([
    ['a test case that its globs do not name', { testCases: ['web.*'] }, 'ci.install'],
    ['a test of flibs itself', {}, 'flibs.smoke-test.functional'],
  ])('does not report %s, which is recorded', async (_, request, testcase) => {
    const token = await aToken(request);
    const answer = await post(aResult({ testcase }), token);
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ error: expect.stringContaining(testcase) });
    expect(await idsAt('results')).toEqual([]);
    const refused = environment.store.db.selectFrom('audit').selectAll().where('status', '=', 403);
    expect(await refused.execute()).toMatchObject([{ who: 'web-ci', subject: testcase }]);
  });

  test('without the scope reports nothing', async () => {
    expect((await post(aResult(), await aToken({ scopes: ['waivers'] }))).statusCode).toBe(403);
  });
});

describe('what is asked for', () => {
  beforeEach(() =>
    reported(
      { submit_time: '2026-01-01T00:00:00', groups: ['g1'] },
      { submit_time: '2026-01-02T00:00:00', outcome: 'FAILED', testcase: 'ci.upgrade' },
      {
        submit_time: '2026-01-03T00:00:00',
        data: { item: ['zsh-1-1', 'fish-1-1'], type: 'koji_build', arch: 's390x' },
      },
      { submit_time: '2026-01-04T00:00:00', testcase: 'web.smoke', groups: ['g2', 'g1'] },
    ),
  );

  test.each([
    ['results', [4, 3, 2, 1]],
    ['results?_sort=asc:submit_time', [1, 2, 3, 4]],
    ['results?outcome=FAILED', [2]],
    ['results?outcome=failed,passed', [4, 3, 2, 1]],
    ['results?testcases=ci.upgrade,web.smoke', [4, 2]],
    ['results?testcases:like=ci.*', [3, 2, 1]],
    ['results?testcases:like=ci.*,web.smoke', [4, 3, 2, 1]],
    ['results?testcases:like=c_.*', []],
    ['results?groups=g1', [4, 1]],
    ['results?since=2026-01-02T00:00:00', [4, 3, 2]],
    ['results?since=2026-01-02T00:00:00,2026-01-03T00:00:00', [3, 2]],
    ['results?since=2026-01-02T02:00:00%2B02:00,2026-01-03', [3, 2]],
    ['results?item=fish-1-1', [3]],
    ['results?item=fish-1-1,bash-5.2-1.fc40', [4, 3, 2, 1]],
    ['results?item=bash-5.2-1.fc40&arch=s390x', []],
    ['results?type=koji_build&item:like=*sh-1-*', [3]],
    ['testcases/ci.install/results', [3, 1]],
    ['testcases/ci.install/results?arch=s390x', [3]],
  ])('%s', async (path, ids) => {
    expect(await idsAt(path)).toEqual(ids);
  });

  test('comes page by page, each saying where the next and the one before are', async () => {
    const first = (await get('results?limit=2&item=bash-5.2-1.fc40')).json<{ prev: unknown; next: string }>();
    expect(first).toMatchObject({ prev: null, data: [{ id: 4 }, { id: 2 }] });
    expect(first.next).toBe('http://localhost:80/api/v2.0/results?limit=2&item=bash-5.2-1.fc40&page=1');
    const second = (await server.inject(first.next)).json<{ prev: string }>();
    expect(second).toMatchObject({ next: null, data: [{ id: 1 }] });
    expect(await idsAt(second.prev.split('/api/v2.0/')[1] ?? '')).toEqual([4, 2]);
  });

  test.each([
    ['an outcome that there is not', 'results?outcome=GREAT'],
    ['a time that is none', 'results?since=yesterday'],
    ['three times', 'results?since=2026-01-01,2026-01-02,2026-01-03'],
    ['an order that there is not', 'results?_sort=asc:id'],
    ['a page that is none', 'results?page=-1'],
    ['more than a page may hold', 'results?limit=1001'],
    ['a NUL', 'results?item=%00'],
    ['a pattern for all that there is', 'results?item:like=*'],
    ['what follows a key and is not known', 'results?item:regex=a'],
    ['the latest of all that there is', 'results/latest'],
    ['an id that is none', 'results/first'],
  ])('is refused where it is %s', async (_, path) => {
    expect((await get(path)).statusCode).toBe(400);
  });

  test.each(['results/5', 'testcases/ci.unknown/results'])('is not found: %s', async (path) => {
    expect((await get(path)).statusCode).toBe(404);
  });
});

describe('the latest result', () => {
  const on = (arch: string, more: object = {}) => ({
    item: 'bash-5.2-1.fc40',
    type: 'koji_build',
    arch,
    ...more,
  });
  const latest = (more: string): Promise<number[]> => idsAt(`results/latest?item=bash-5.2-1.fc40${more}`);

  test('is one of each test case', async () => {
    await reported({}, { testcase: 'ci.upgrade' }, { outcome: 'FAILED' });
    expect(await latest('')).toEqual([3, 2]);
    expect(await latest('&testcases=ci.upgrade')).toEqual([2]);
  });

  test('is one of each combination of values that are to be told apart', async () => {
    await reported(
      { data: on('x86_64') },
      { data: on('aarch64') },
      { data: on('x86_64', { scenario: 'bios' }) },
      { data: on('x86_64') },
      {},
    );
    expect(await latest('&_distinct_on=arch')).toEqual([5, 4, 2]);
    expect(await latest('&_distinct_on=arch,scenario')).toEqual([5, 4, 3, 2]);
  });

  test('of a run is its end, in whatever order its states came', async () => {
    const run = { data: on('x86_64', { run: '7' }) };
    await reported(
      { outcome: 'PASSED', ...run },
      { outcome: 'QUEUED', ...run },
      { outcome: 'RUNNING', ...run },
    );
    expect(await latest('')).toEqual([1]);
    await reported({ outcome: 'QUEUED', data: on('x86_64', { run: '8' }) });
    expect(await latest('')).toEqual([4]);
  });

  test('goes by the page of the run where no run is named', async () => {
    const run = { ref_url: 'https://ci.test/run/1' };
    await reported({ outcome: 'FAILED', ...run }, { outcome: 'RUNNING', ...run });
    expect(await latest('')).toEqual([1]);
    await reported({ outcome: 'PASSED', ...run }, { outcome: 'FAILED', ...run });
    expect(await latest('')).toEqual([4]);
  });
});
