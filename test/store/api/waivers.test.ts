/** WaiverDB's interface: who forgives which test of what, and what one is told of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { z } from 'zod';
import type { TokenRequest } from '../../../src/api/wire/token.ts';
import { Waiver, WaiverPage } from '../../../src/api/wire/waiver.ts';
import { type ActingApi, anActingApi } from './an-acting-api.ts';

let api: ActingApi;

beforeAll(async () => {
  api = await anActingApi();
});
beforeEach(async () => {
  await sql`truncate token, audit, waiver restart identity`.execute(api.store.db);
});
afterAll(() => api.close());

const path = '/api/v1.0/waivers/';

const post = (url: string, payload: object, token = api.own) => api.post(url, payload, token);
const aToken = async (request: Partial<TokenRequest>): Promise<string> =>
  (await api.aToken({ scopes: ['waivers'], ...request })).token;

const aWaiver = {
  subject_type: 'koji_build',
  subject_identifier: 'nethack-3.6.1-2.fc40',
  testcase: 'dist.rpmlint',
  product_version: 'fedora-40',
  comment: 'a false alarm',
};

const waived = async (more: object = {}): Promise<Waiver> =>
  Waiver.parse((await post(path, { ...aWaiver, ...more })).json());

const listed = async (query: string) =>
  WaiverPage.parse((await api.server.inject(`${path}?${query}`)).json());
const ids = ({ data }: { readonly data: readonly Waiver[] }) => data.map(({ id }) => id);

describe('a waiver', () => {
  test('is made, and told as WaiverDB tells it', async () => {
    const answer = await post(path, aWaiver);
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({
      ...aWaiver,
      id: 1,
      subject: { type: 'koji_build', item: 'nethack-3.6.1-2.fc40' },
      waived: true,
      username: 'local',
      proxied_by: null,
      scenario: null,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
      arch: null,
      expires: null,
      result_id: null,
    });
    expect((await api.server.inject(`${path}1`)).json()).toEqual(answer.json());
  });

  test('may name its subject as one object, and Brew builds are Koji builds', async () => {
    const { subject_type: _, subject_identifier: __, ...rest } = aWaiver;
    const answer = await post(path, {
      ...rest,
      subject: { type: 'brew-build', item: 'nethack-3.6.1-2.el9' },
    });
    expect(answer.json()).toMatchObject({
      subject_type: 'koji_build',
      subject_identifier: 'nethack-3.6.1-2.el9',
    });
  });

  test('may be for one arch, one scenario and one result, and end by itself', async () => {
    const narrow = { arch: 's390x', scenario: 'uefi', result_id: 17, expires: '2099-01-01T00:00:00Z' };
    expect(await waived(narrow)).toMatchObject({ ...narrow, expires: '2099-01-01T00:00:00.000Z' });
  });

  test('is said on the bus, with who and why', async () => {
    await sql`truncate outbox`.execute(api.store.db);
    await waived();
    const { rows } = await sql<{
      routing_key: string;
      body: Buffer;
    }>`select routing_key, body from outbox`.execute(api.store.db);
    expect(rows.map(({ routing_key }) => routing_key)).toEqual(['org.example.dev.flibs.waiver.recorded']);
    expect(JSON.parse(rows[0]?.body.toString('utf8') ?? '')).toMatchObject({
      testCase: 'dist.rpmlint',
      username: 'local',
      comment: 'a false alarm',
    });
  });

  test('without a product version is refused where nothing tells it', async () => {
    const { product_version: _, ...rest } = aWaiver;
    const answer = await post(path, rest);
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ error: 'nethack-3.6.1-2.fc40 has no product version' });
  });

  test.each([
    ['without a comment', { comment: '' }],
    ['with a field that is not known', { reason: 'x' }],
    ['with control characters', { testcase: 'a\u0000b' }],
    ['that takes back and expires', { waived: false, expires: '2099-01-01T00:00:00Z' }],
    ['that names its subject twice', { subject: { type: 'koji_build', item: 'x-1-1' } }],
  ])('%s is refused', async (_, more) => {
    expect((await post(path, { ...aWaiver, ...more })).statusCode).toBe(400);
  });

  test('whose time is over before it is made is refused', async () => {
    expect((await post(path, { ...aWaiver, expires: '2020-01-01T00:00:00Z' })).statusCode).toBe(409);
  });
});

describe('a list of waivers', () => {
  test('is made whole', async () => {
    const answer = await post(path, [aWaiver, { ...aWaiver, testcase: 'dist.abicheck' }]);
    expect(answer.statusCode).toBe(201);
    expect(
      z
        .array(Waiver)
        .parse(answer.json())
        .map(({ testcase }) => testcase),
    ).toEqual(['dist.rpmlint', 'dist.abicheck']);
  });

  test('or not at all', async () => {
    const token = await aToken({ testCases: ['dist.rpm*'] });
    const answer = await post(path, [aWaiver, { ...aWaiver, testcase: 'dist.abicheck' }], token);
    expect(answer.statusCode).toBe(403);
    expect(ids(await listed(''))).toEqual([]);
  });
});

describe('who may waive', () => {
  test('is who has a token for the test case; whoever has not is recorded', async () => {
    const token = await aToken({ testCases: ['dist.abi*'] });
    const refused = await post(path, aWaiver, token);
    expect(refused.json()).toMatchObject({
      status: 403,
      error: 'ann may not waive dist.rpmlint',
      hint: 'it may waive dist.abi*',
    });
    expect((await post(path, { ...aWaiver, testcase: 'dist.abicheck' }, token)).statusCode).toBe(201);
    const audit = await api.store.db
      .selectFrom('audit')
      .select(['who', 'subject', 'status'])
      .where('route', '=', path)
      .orderBy('id')
      .execute();
    expect(audit).toEqual([
      { who: 'ann', subject: 'nethack-3.6.1-2.fc40 dist.rpmlint', status: 403 },
      { who: 'ann', subject: 'nethack-3.6.1-2.fc40 dist.abicheck', status: 201 },
    ]);
  });

  test('in the name of others is who may do everything', async () => {
    expect(await waived({ username: 'bob' })).toMatchObject({ username: 'bob', proxied_by: 'local' });
    const refused = await post(path, { ...aWaiver, username: 'bob' }, await aToken({}));
    expect(refused.statusCode).toBe(403);
  });
});

describe('the list', () => {
  test('has what is in force: the newest with the same subject, test case, product version, scenario, arch and result', async () => {
    await waived();
    await waived({ comment: 'once more' });
    await waived({ arch: 's390x' });
    await waived({ scenario: 'uefi' });
    await waived({ product_version: 'fedora-41' });
    await waived({ waived: false, arch: 's390x' });
    expect(ids(await listed(''))).toEqual([6, 5, 4, 2]);
    expect(ids(await listed('include_obsolete=1'))).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test.each([
    ['subject_identifier=other-1-1', [2]],
    ['subject_type=koji_build&testcase=dist.rpmlint', [2, 1]],
    ['product_version=fedora-41', [3]],
    ['username=bob', [3]],
    ['since=2020-01-01,2020-02-01', []],
    ['since=2020-01-01T00:00:00', [3, 2, 1]],
  ])('by %s', async (query, expected) => {
    await waived();
    await waived({ subject_identifier: 'other-1-1' });
    await waived({ product_version: 'fedora-41', username: 'bob', testcase: 'dist.abicheck' });
    expect(ids(await listed(query))).toEqual(expected);
  });

  test('comes in pages that name each other', async () => {
    for (const testcase of ['a', 'b', 'c', 'd', 'e']) await waived({ testcase });
    const page = await listed('limit=2&page=2&subject_type=koji_build');
    expect(ids(page)).toEqual([3, 2]);
    expect(ids(WaiverPage.parse((await api.server.inject(page.next ?? '')).json()))).toEqual([1]);
    expect(ids(WaiverPage.parse((await api.server.inject(page.prev ?? '')).json()))).toEqual([5, 4]);
    expect(page).toMatchObject({
      first: expect.stringContaining('page=1'),
      last: expect.stringContaining('page=3'),
    });
  });

  test('may be asked for by several filters at once, by whoever', async () => {
    await waived();
    await waived({ testcase: 'dist.abicheck' });
    await waived({ testcase: 'dist.abicheck', waived: false });
    const ask = (payload: object) => api.server.inject({ method: 'POST', url: `${path}+filtered`, payload });
    const filters = [{ testcase: 'dist.abicheck' }, { subject_identifier: 'other-1-1' }];
    expect(ids((await ask({ filters })).json())).toEqual([3]);
    expect(ids((await ask({ filters, include_obsolete: true })).json())).toEqual([3, 2]);
  });

  test('says what is wrong with a question', async () => {
    for (const query of ['since=yesterday', 'limit=1000', 'colour=red'])
      expect((await api.server.inject(`${path}?${query}`)).statusCode).toBe(400);
    expect((await api.server.inject(`${path}99`)).statusCode).toBe(404);
  });
});
