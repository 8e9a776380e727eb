import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Answers, answer, aStubApi, type StubApi } from './a-stub-api.ts';
import { flibs } from './a-terminal.ts';
import * as answers from './answers.ts';

let api: StubApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

const asked = async (words: readonly string[], given: Answers) => {
  api = await aStubApi(given);
  return flibs([...words, '--api', api.url]);
};

const paths: Answers = {
  'GET /api/v1/status': answers.aStatus,
  'GET /api/v1/images': [answers.anImage],
  'GET /api/v1/images/webd': answers.anImageInDetail,
  'GET /api/v1/rebuilds': [answers.aRebuild],
  'GET /api/v1/rebuilds/4': answers.aRebuildInDetail,
  'GET /api/v1/why/webd-2.0-2': answers.aWhy,
  'GET /api/v1/dead-letters': [answers.aDeadLetter],
  'GET /api/v1/dead-letters/9': answers.aDeadLetterInDetail,
  'POST /api/v1/what-if': answers.aWhatIf,
  'GET /api/v1/why-not/webd/openssl': answers.aWhyNot,
  'POST /api/v1/builds': answers.aDone,
  'POST /api/v1/rebuilds/4/cancel': answers.aDone,
  'POST /api/v1/builds/webd-2.0-2/cancel': answers.aDone,
  'POST /api/v1/builds/webd-2.0-2/retry': answers.aDone,
  'POST /api/v1/dead-letters/9/retry': answers.aDone,
  'POST /api/v1/definitions/reload': answers.aDone,
  'POST /api/v1/pause': answers.aDone,
  'POST /api/v1/resume': answers.aDone,
  'POST /api/v1/reconcile': answers.aDone,
};

/** Words, what it asks, what people see of it, what programs get. */
const commands: readonly (readonly [string, string, readonly RegExp[], unknown])[] = [
  [
    'status',
    'GET /api/v1/status',
    [
      /bus: +not connected since \S+ \S+: connection refused/,
      /store: +connected since /,
      /rebuild-planner +waiting +- +the bus/,
      /releaser +running +3/,
      /left:7 +release-gate +running/,
      /right:8 +timekeeper +gone +- +not heard of since 2/,
      /one +x86_64 +1\/2 +2/,
      /two +x86_64 +0\/2 +gone since 2/,
      /repository updates.* HTTP 500/,
      /^ +everything +ann +the registry is moved +2\S+ \S+ +it is resumed$/m,
      /^ +webd +bob +its tests are mended +2\S+ \S+ +2\S+ \S+$/m,
    ],
    answers.aStatus,
  ],
  [
    'images',
    'GET /api/v1/images',
    [
      /webd +F40 +x86_64,aarch64 +webd-2\.0-1 +sha256:aaaaaaaaaaaa +webd-2\.0-2 +held +its parent is not released/,
    ],
    [answers.anImage],
  ],
  [
    'images show webd',
    'GET /api/v1/images/webd',
    [
      /packages: +14, of which it adds 3/,
      /webd-2\.0-1\.fc40\.x86_64 and 2 more/,
      /left alone: +nothing newer on offer \(rebuild 3\)/,
      /aarch64\n {2}never built/,
      /release\/webd:latest/,
    ],
    answers.anImageInDetail,
  ],
  [
    'rebuilds',
    'GET /api/v1/rebuilds',
    [/4 +F40 +running +FEDORA-2026-1 +important +2026-11-23 10:20:30Z +1 failed, 1 succeeded/],
    [answers.aRebuild],
  ],
  [
    'rebuilds show 4',
    'GET /api/v1/rebuilds/4',
    [
      /7 +packages +FEDORA-2026-1 +openssl/,
      /webd-2\.0-2: building/,
      /aarch64 +failed \(source\): no such file/,
      /standalone +all +holds nothing/,
      /took: +120\.0 s, 1\.20 times the least/,
      /x86_64 +2 +3 +200\.0 s +100\.0 s/,
    ],
    answers.aRebuildInDetail,
  ],
  [
    'why webd-2.0-2',
    'GET /api/v1/why/webd-2.0-2',
    [
      /gate: +waiting: flibs\.smoke is missing/,
      /s390x +sha256:e+ +webd-2\.0-1/,
      /rebuild 4, because of FEDORA-2026-1/,
      /019abc/,
      /5 +FEDORA-2026-2 +s390x +nothing newer/,
    ],
    answers.aWhy,
  ],
  [
    'what-if openssl-3.0-2',
    'POST /api/v1/what-if',
    [
      /^everything is paused by ann: mending; what would be rebuilt is planned, and starts once it is resumed$/m,
      /runtime +F40 +x86_64 +- +openssl-libs is newer/,
      /expected to take at least 2 min/,
      /standalone +all/,
    ],
    answers.aWhatIf,
  ],
  [
    'why-not webd openssl',
    'GET /api/v1/why-not/webd/openssl',
    [
      /^everything is paused by ann: mending; /m,
      /^x86_64 +built +openssl-libs is newer$/m,
      /^s390x +left alone +nothing newer; blocked by base$/m,
    ],
    answers.aWhyNot,
  ],
  [
    'dead-letters',
    'GET /api/v1/dead-letters',
    [/9 +2026-11-23 10:20:30Z +package-updated +org\.x\.\\u001b\[31mred +2 +body: not an object/],
    [answers.aDeadLetter],
  ],
  [
    'dead-letters show 9',
    'GET /api/v1/dead-letters/9',
    [/came through: +upstream \(flibs\.main\.upstream\)/, /sent-at: +"yesterday"/, /\[1, "\\u0007"\]/],
    answers.aDeadLetterInDetail,
  ],
  ['build webd', 'POST /api/v1/builds', [/^webd will be built\n$/], answers.aDone],
  ['cancel 4', 'POST /api/v1/rebuilds/4/cancel', [/^webd will be built\n$/], answers.aDone],
  ['cancel webd-2.0-2', 'POST /api/v1/builds/webd-2.0-2/cancel', [/^webd will be built\n$/], answers.aDone],
  ['retry webd-2.0-2', 'POST /api/v1/builds/webd-2.0-2/retry', [/^webd will be built\n$/], answers.aDone],
  ['dead-letters retry 9', 'POST /api/v1/dead-letters/9/retry', [/^webd will be built\n$/], answers.aDone],
  ['reconcile --dry-run', 'POST /api/v1/reconcile', [/^webd will be built\n$/], answers.aDone],
  ['pause webd --reason mending', 'POST /api/v1/pause', [/^webd will be built\n$/], answers.aDone],
  ['resume --everything', 'POST /api/v1/resume', [/^webd will be built\n$/], answers.aDone],
  ['reload', 'POST /api/v1/definitions/reload', [/^webd will be built\n$/], answers.aDone],
];

describe.each(commands)('flibs %s', (words, request, seen, json) => {
  test('asks the API and tells people', async () => {
    const { code, out, err } = await asked(words.split(' '), paths);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const pattern of seen) expect(out).toMatch(pattern);
    expect(api?.asked.map((one) => one.request)).toEqual([request]);
  });

  test('--json prints what the API said', async () => {
    const { code, out } = await asked([...words.split(' '), '--json'], paths);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(json);
  });
});

test('what the store alone knows is not told as nothing while it is away', async () => {
  const store = { connected: false, since: answers.aStatus.startedAt, waiting: 'connection refused' };
  const away = {
    ...answers.aStatus,
    store,
    processes: [],
    workers: [],
    waiting: [],
    paused: [],
    deadLetters: null,
  };
  const { out } = await asked(['status'], { 'GET /api/v1/status': away });
  expect(out).toMatch(/dead letters: +not known: the store is away/);
  for (const part of ['workers', 'paused', 'what waits'])
    expect(out).toMatch(new RegExp(`^${part}:?\\n +not known: the store is away$`, 'm'));
});

test('what is sent: arches, sources, one arch', async () => {
  await asked(['build', 'webd', '--arch', 'aarch64', '--arch', 's390x,x86_64'], paths);
  expect(api?.asked[0]?.body).toEqual({ image: 'webd', arches: ['aarch64', 's390x', 'x86_64'] });
  await api?.close();
  await asked(['retry', 'webd-2.0-2', '--arch', 's390x'], paths);
  expect(api?.asked[0]?.body).toEqual({ arch: 's390x' });
  await api?.close();
  await asked(['what-if', 'a-1-1', 'b-2-1'], paths);
  expect(api?.asked[0]?.body).toEqual({ sources: ['a-1-1', 'b-2-1'], modules: [], bases: [], images: [] });
});

test('what is sent of a pause: what, who, why and until when', async () => {
  await asked(['pause', 'webd', '--reason', 'mending', '--until', '2099-12-01T08:00Z', '--by', 'ann'], paths);
  expect(api?.asked[0]?.body).toEqual({
    scope: 'image',
    image: 'webd',
    reason: 'mending',
    until: '2099-12-01T08:00Z',
    by: 'ann',
  });
  await api?.close();
  await asked(['pause', '--automatic', '--reason', 'mending'], paths);
  expect(api?.asked[0]?.body).toEqual({ scope: 'automatic', reason: 'mending', by: userInfo().username });
  await api?.close();
  await asked(['resume', '--automatic', '--by', 'bob'], paths);
  expect(api?.asked[0]?.body).toEqual({ scope: 'automatic', by: 'bob' });
});

test('names are put into the path as one part, whatever is in them', async () => {
  const { code } = await asked(['images', 'show', '../rebuilds/4?x'], paths);
  expect(code).toBe(4);
  expect(api?.asked[0]?.request).toBe('GET /api/v1/images/..%2Frebuilds%2F4%3Fx');
});

describe('lists that are empty say so', () => {
  test.each([
    ['images', 'GET /api/v1/images', 'no images are defined\n'],
    ['rebuilds', 'GET /api/v1/rebuilds', 'no rebuilds yet\n'],
    ['dead-letters', 'GET /api/v1/dead-letters', 'no dead letters\n'],
  ])('%s', async (word, request, text) => {
    expect(await asked([word], { [request]: [] })).toMatchObject({ code: 0, out: text });
  });
});

describe('exit codes and messages', () => {
  test.each([
    [404, 4, 'there is no image webd'],
    [409, 1, 'webd is being built already'],
    [400, 2, 'body/image: must be lower case'],
    [503, 1, 'the store does not answer'],
  ])('an answer %i ends with %i, its error and hint', async (status, code, error) => {
    const ran = await asked(['images', 'show', 'webd'], {
      'GET /api/v1/images/webd': answer(status, { error, hint: 'do this' }),
    });
    expect(ran).toEqual({ code, out: '', err: `flibs: ${error}\n  do this\n` });
  });

  test('an answer that is no problem of ours', async () => {
    const ran = await asked(['images'], { 'GET /api/v1/images': answer(502, 'Bad gateway') });
    expect(ran).toMatchObject({ code: 1, err: 'flibs: the API answered 502: Bad gateway\n' });
  });

  test('an answer of another version', async () => {
    const ran = await asked(['images'], { 'GET /api/v1/images': { all: [] } });
    expect(ran.code).toBe(1);
    expect(ran.err).toContain(
      "the API's answer to /api/v1/images is not understood\n  the running flibs is of another",
    );
  });

  test('nobody there', async () => {
    const stub = await aStubApi({});
    await stub.close();
    const ran = await flibs(['images', '--api', stub.url]);
    expect(ran.code).toBe(3);
    expect(ran.err).toMatch(/no flibs answers at http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
  });
});

test('logs are passed on as they are', async () => {
  const log = { 'GET /api/v1/builds/webd-2.0-2/logs/x86_64?follow=true': 'STEP 1\n\u001b[1mbold\u001b[0m\n' };
  const { code, out } = await asked(['logs', 'webd-2.0-2', '--arch', 'x86_64', '--follow'], log);
  expect({ code, out }).toEqual({ code: 0, out: 'STEP 1\n\u001b[1mbold\u001b[0m\n' });
  await api?.close();
  const json = await asked(['logs', 'webd-2.0-2', '--arch', 'x86_64', '--json'], {
    'GET /api/v1/builds/webd-2.0-2/logs/x86_64': 'STEP 1\n',
  });
  expect(json.out).toBe('{"text":"STEP 1\\n"}\n');
});

test('an inventory is written to a file, whole, or to standard output', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'flibs-inventory-'));
  const text = '{"schemaVersion":1,"images":[]}\n';
  const there = { 'GET /api/v1/inventory': text };
  expect((await asked(['inventory', 'export'], there)).out).toBe(text);
  await api?.close();
  const file = join(directory, 'fleet.json');
  expect(await asked(['inventory', 'export', file], there)).toMatchObject({ code: 0, out: '' });
  expect(await readFile(file, 'utf8')).toBe(text);
  await api?.close();
  const away = { 'GET /api/v1/inventory': answer(503, { error: 'the store does not answer' }) };
  expect(await asked(['inventory', 'export', join(directory, 'none.json')], away)).toMatchObject({ code: 1 });
  expect(await readdir(directory)).toEqual(['fleet.json']);
  await rm(directory, { recursive: true });
});
