/** Tokens on the command line: where one is found, and what people see of tokens and of the audit. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { writeAddress } from '../../../src/api/address-file.ts';
import { writeLocalToken } from '../../../src/api/local-token.ts';
import { newTokenText } from '../../../src/runtime/token-text.ts';
import { type Answers, answer, aStubApi, type StubApi } from './a-stub-api.ts';
import { flibs } from './a-terminal.ts';
import * as answers from './answers.ts';

const aToken = {
  id: 3,
  name: 'web-ci',
  scopes: ['results'],
  testCases: ['web.*'],
  state: 'valid',
  createdAt: '2026-11-23T10:20:30.000Z',
  createdBy: 'local',
  expiresAt: null,
  lastUsedAt: '2026-11-24T10:20:30.000Z',
  revokedAt: null,
};

const anEntry = {
  id: 9,
  at: '2026-11-24T10:20:30.000Z',
  who: 'web-ci',
  token: 3,
  address: '192.0.2.1',
  method: 'POST',
  route: '/api/v1/builds/:nvr/cancel',
  subject: 'webd-2.0-2\u001b[31m',
  status: 403,
  requestId: '019abc',
};

const text = newTokenText();

const paths: Answers = {
  'POST /api/v1/definitions/reload': answers.aDone,
  'GET /api/v1/images': [],
  'GET /api/v1/tokens': [aToken],
  'POST /api/v1/tokens': { id: 3, token: text },
  'POST /api/v1/tokens/web-ci/revoke': { did: 'token web-ci (3) is revoked' },
  'GET /api/v1/audit': [anEntry],
};

let api: StubApi;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flibs-token-'));
  api = await aStubApi(paths);
});
afterEach(async () => {
  await api.close();
  await rm(directory, { recursive: true });
});

const sent = () => api.asked[0]?.authorization;

describe('a command that changes something sends', () => {
  test('the token of a file, before that of FLIBS_TOKEN', async () => {
    const [one, other] = [newTokenText(), newTokenText()];
    await writeFile(join(directory, 'token'), `${one}\n`);
    const given = { env: { FLIBS_TOKEN: other }, workingDirectory: directory };
    await flibs(['reload', '--api', api.url, '--token-file', 'token'], given);
    expect(sent()).toBe(`Bearer ${one}`);
  });

  test('the token in FLIBS_TOKEN', async () => {
    await flibs(['reload', '--api', api.url], { env: { FLIBS_TOKEN: text } });
    expect(sent()).toBe(`Bearer ${text}`);
  });

  test('the token of the flibs on the same data directory, also where --api names that', async () => {
    await writeAddress(directory, api.url);
    const own = newTokenText();
    await writeLocalToken(directory, own);
    await flibs(['reload', '--data-directory', directory]);
    await flibs(['reload', '--data-directory', directory, '--api', api.url]);
    expect(api.asked.map(({ authorization }) => authorization)).toEqual([`Bearer ${own}`, `Bearer ${own}`]);
  });

  test('the token of this machine to no other address', async () => {
    await writeAddress(directory, 'http://127.0.0.1:1');
    await writeLocalToken(directory, newTokenText());
    expect((await flibs(['reload', '--data-directory', directory, '--api', api.url])).code).toBe(0);
    expect(sent()).toBeUndefined();
  });

  test('none where this user may not read it, and flibs says what it needs', async () => {
    await writeAddress(directory, api.url);
    expect((await flibs(['reload', '--data-directory', directory])).code).toBe(0);
    expect(sent()).toBeUndefined();
  });
});

test('a command that only reads sends none', async () => {
  await flibs(['images', '--api', api.url], { env: { FLIBS_TOKEN: text } });
  expect(sent()).toBeUndefined();
});

describe('what is no token is refused, and not told', () => {
  test.each([
    ['a file of something else', 'hunter2-hunter2'],
    ['an empty file', ''],
    ['a token and more', `${text}\n${text}`],
  ])('%s', async (_, content) => {
    await writeFile(join(directory, 'token'), content);
    const ran = await flibs(['reload', '--api', api.url, '--token-file', join(directory, 'token')]);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/--token-file \S+ holds no token of flibs/);
    expect(ran.err).not.toMatch(/hunter2|flibs_[\w-]{43}/);
    expect(api.asked).toEqual([]);
  });

  test('a variable of something else', async () => {
    const ran = await flibs(['reload', '--api', api.url], { env: { FLIBS_TOKEN: 'hunter2' } });
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('FLIBS_TOKEN holds no token') });
    expect(ran.err).not.toContain('hunter2');
  });

  test('a file that is not there', async () => {
    const ran = await flibs(['reload', '--api', api.url, '--token-file', '/nonexistent/token']);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('/nonexistent/token cannot be read') });
  });
});

describe('flibs token', () => {
  test('create sends what was asked for, and prints the token alone on standard output', async () => {
    const words = ['token', 'create', 'web-ci', '--scope', 'results,waivers', '--test-case', 'web.*', 'db.*'];
    const ran = await flibs([...words, '--expires', '2027-01-01T00:00Z', '--api', api.url]);
    expect(ran).toMatchObject({ code: 0, out: `${text}\n` });
    expect(ran.err).toMatch(/token 3 is made; it is not shown again/);
    expect(api.asked[0]?.body).toEqual({
      name: 'web-ci',
      scopes: ['results', 'waivers'],
      testCases: ['web.*', 'db.*'],
      expires: '2027-01-01T00:00Z',
    });
  });

  test('create --json prints JSON', async () => {
    const ran = await flibs(['token', 'create', 'web-ci', '--scope', 'results', '--json', '--api', api.url]);
    expect(JSON.parse(ran.out)).toEqual({ id: 3, token: text });
  });

  test.each([['--scope', 'everything'], []])(
    'create %j is refused with what is allowed',
    async (...words) => {
      const ran = await flibs(['token', 'create', 'web-ci', ...words, '--api', api.url]);
      expect(ran.code).toBe(2);
      expect(ran.err).toContain('--scope');
      expect(api.asked).toEqual([]);
    },
  );

  test('list tells who has what', async () => {
    const { out } = await flibs(['token', 'list', '--api', api.url]);
    expect(out).toMatch(/3 +web-ci +valid +results +web\.\* +2026-11-23 10:20:30Z +local +- +2026-11-24/);
  });

  test('revoke says what it did', async () => {
    const { out } = await flibs(['token', 'revoke', 'web-ci', '--api', api.url]);
    expect(out).toBe('token web-ci (3) is revoked\n');
  });
});

describe('flibs audit', () => {
  test('tells who asked for what, with nothing a terminal would act on', async () => {
    const { out } = await flibs(['audit', '--api', api.url]);
    expect(out).toMatch(
      /^2026-11-24 10:20:30Z +web-ci +192\.0\.2\.1 +refused \(403\) +POST \S+cancel +webd-2\.0-2\\u001b\[31m$/m,
    );
  });

  test('--json prints what the API said', async () => {
    const { out } = await flibs(['audit', '--json', '--api', api.url]);
    expect(JSON.parse(out)).toEqual([anEntry]);
  });

  test('--since goes through all pages', async () => {
    await api.close();
    const page = Array.from({ length: 1000 }, (_, at) => ({ ...anEntry, id: 2000 - at }));
    const since = 'since=2026-11-23T00%3A00Z&limit=1000';
    api = await aStubApi({
      [`GET /api/v1/audit?${since}`]: page,
      [`GET /api/v1/audit?${since}&before=1001`]: [anEntry],
    });
    const { out } = await flibs(['audit', '--since', '2026-11-23T00:00Z', '--json', '--api', api.url]);
    expect(JSON.parse(out)).toHaveLength(1001);
  });
});

test('what the API refuses is told with what to do', async () => {
  await api.close();
  const problem = { error: 'this needs a token, and none was sent', hint: 'send one' };
  api = await aStubApi({ 'POST /api/v1/definitions/reload': answer(401, problem) });
  const ran = await flibs(['reload', '--api', api.url]);
  expect(ran).toEqual({ code: 1, out: '', err: `flibs: ${problem.error}\n  ${problem.hint}\n` });
});
