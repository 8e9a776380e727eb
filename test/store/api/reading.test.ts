import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { at, digest, runs } from './a-fleet.ts';
import { anApi } from './an-api.ts';

let api: Awaited<ReturnType<typeof anApi>>;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const get = (path: string): Promise<unknown> => api.get(path);

describe('images', () => {
  test('are listed with what is released and what was built last', async () => {
    expect(await get('images')).toEqual([
      expect.objectContaining({ name: 'base', released: null, latest: null }),
      expect.objectContaining({ name: 'standalone', released: null }),
      {
        name: 'webd',
        distroRelease: 'F40',
        arches: ['x86_64', 'aarch64'],
        parents: ['base'],
        problems: ['gating.yaml: not YAML'],
        autoRebuild: true,
        released: { nvr: 'webd-2.0-1', indexDigest: digest('c'), pullspec: `registry/webd@${digest('c')}` },
        latest: {
          nvr: 'webd-2.0-2',
          state: 'building',
          waiting: 'its arch builds',
          updatedAt: '2026-11-23T11:00:00.000Z',
        },
      },
    ]);
  });

  test('are shown per arch: what is current, how many packages, which are its own, why it was left alone', async () => {
    expect(await get('images/webd')).toMatchObject({
      owners: ['ann'],
      gating: ['flibs.smoke'],
      problems: ['gating.yaml: not YAML'],
      tags: [{ repository: 'registry/webd', name: 'latest', nvr: 'webd-2.0-1', digest: digest('c') }],
      builds: [{ nvr: 'webd-2.0-2' }, { nvr: 'webd-2.0-1' }],
      perArch: [
        {
          arch: 'x86_64',
          nvr: 'webd-2.0-1',
          manifestDigest: digest('b'),
          // bash and openssl-libs of the base, webd of its own; "old" was removed.
          rpmCount: 3,
          added: ['webd-3.0-1.x86_64'],
          addedCount: 1,
          leftAlone: null,
        },
        {
          arch: 'aarch64',
          manifestDigest: null,
          rpmCount: null,
          leftAlone: { rebuild: 2, reason: 'holds nothing of what is in question' },
        },
      ],
    });
  });

  test('that were never built are shown as such', async () => {
    expect(await get('images/standalone')).toMatchObject({
      released: null,
      builds: [],
      perArch: [{ nvr: null, leftAlone: { rebuild: 2 } }, { nvr: null }],
    });
  });
});

describe('rebuilds', () => {
  test('are listed newest first, with their builds and arch builds counted by state', async () => {
    expect(await get('rebuilds')).toMatchObject([
      { id: 2, state: 'running', builds: { building: 1 }, archBuilds: { running: 1, held: 1 } },
      { id: 1, state: 'finished', builds: { released: 1 }, archBuilds: { succeeded: 1 } },
    ]);
    expect(await get('rebuilds?limit=1')).toHaveLength(1);
  });

  test('are shown with causes, builds, arch builds and what was left alone', async () => {
    expect(await get('rebuilds/2')).toMatchObject({
      reference: 'FEDORA-2026-1',
      causes: [
        { nomination: 1, messageId: 'message-1', causation: ['earlier'], targets: ['openssl', 'zlib'] },
      ],
      builds: [
        {
          nvr: 'webd-2.0-2',
          baseline: 'webd-2.0-1',
          archBuilds: [
            { arch: 'aarch64', state: 'held', waiting: 'openssl-libs is not on offer', worker: null },
            {
              arch: 'x86_64',
              state: 'running',
              worker: 'one',
              reasons: ['its parent base is rebuilt', '{"kind":"of-tomorrow"}'],
            },
          ],
        },
      ],
      leftAlone: [
        { image: 'standalone', arch: null },
        { image: 'webd', arch: 'aarch64' },
      ],
    });
  });
});

describe('why', () => {
  test.each([
    ['an index digest', digest('c'), { kind: 'index', arch: null }],
    ['a manifest digest', digest('b'), { kind: 'manifest', arch: 'x86_64' }],
    ['an NVR', 'webd-2.0-1', { kind: 'build', arch: null }],
    ['an image, by its release', 'webd', { kind: 'image', arch: null }],
  ])('%s leads to its build and from there to its causes', async (_, subject, expected) => {
    expect(await get(`why/${subject}`)).toMatchObject({
      subject,
      ...expected,
      image: 'webd',
      build: {
        nvr: 'webd-2.0-1',
        index: [
          { arch: 'aarch64', carriedFrom: 'webd-2.0-0' },
          { arch: 'x86_64', carriedFrom: null },
        ],
        causes: [{ rebuild: 1, reference: 'first' }],
        decision: { state: 'satisfied', summary: 'all passed' },
        steps: [{ subject: 'webd-2.0-1', to: 'planned' }],
      },
      leftAlone: [{ rebuild: 2, arch: 'aarch64' }],
    });
  });

  test('a build whose rebuild has a message leads to that message', async () => {
    expect(await get('why/webd-2.0-2')).toMatchObject({
      build: {
        causes: [{ rebuild: 2, nominations: [{ messageId: 'message-1' }] }],
        steps: [{ to: 'running' }, { refused: true }],
      },
    });
  });

  test('an image that was never built is told why not', async () => {
    expect(await get('why/standalone')).toMatchObject({
      kind: 'image',
      build: null,
      leftAlone: [{ rebuild: 2, arch: null }],
    });
  });

  test('a manifest that flibs did not build is known as such', async () => {
    expect(await get(`why/${digest('a')}`)).toMatchObject({
      kind: 'manifest',
      image: 'base',
      arch: 'x86_64',
      build: null,
    });
  });
});

describe('logs', () => {
  test('come from the store while it has them, from any byte', async () => {
    const { payload, headers } = await api.inject('/api/v1/builds/webd-2.0-2/logs/x86_64');
    expect(payload).toBe('STEP 1\né\n');
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect((await api.inject('/api/v1/builds/webd-2.0-2/logs/x86_64?offset=5')).payload).toBe('1\né\n');
  });

  test('come from the registry afterwards', async () => {
    const { payload } = await api.inject('/api/v1/builds/webd-2.0-1/logs/x86_64');
    expect(payload).toBe('the log of webd, sha256:eee\n');
  });

  test('of an arch build that has not begun are 404, saying what it waits in', async () => {
    const answer = await api.inject('/api/v1/builds/webd-2.0-2/logs/aarch64');
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({
      error: 'webd-2.0-2.aarch64 is held and has no log yet',
      hint: 'follow=true waits for it',
    });
  });

  test('are followed until the run has ended', async () => {
    const { db } = api.environment.store;
    const url = await api.server.listen({ host: '127.0.0.1', port: 0 });
    const answer = await fetch(`${url}/api/v1/builds/webd-2.0-2/logs/x86_64?follow=true`);
    let text = '';
    for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      if (text === '') {
        await db
          .insertInto('run_log')
          .values({ run: runs.live, byte_offset: 10, text: 'STEP 2\n', at })
          .execute();
        await db
          .updateTable('run')
          .set({ state: 'finished', ended_at: at })
          .where('id', '=', runs.live)
          .execute();
      }
      text += piece;
    }
    expect(text).toBe('STEP 1\né\nSTEP 2\n');
  });
});

describe('events', () => {
  test('without since say where to begin', async () => {
    expect(await get('events')).toEqual({ events: [], next: 4 });
  });

  test('name the build and the arch, oldest first', async () => {
    expect(await get('events?since=1&limit=2')).toMatchObject({
      events: [
        { id: 2, kind: 'rebuild', subject: 'rebuild 2', nvr: null, to: 'collecting' },
        {
          id: 3,
          kind: 'archBuild',
          nvr: 'webd-2.0-2',
          image: 'webd',
          arch: 'x86_64',
          from: 'ready',
          to: 'running',
        },
      ],
      next: 3,
    });
  });

  test('of one rebuild are its own, its builds and their arch builds', async () => {
    expect(await get('events?since=0&rebuild=2')).toMatchObject({
      events: [{ id: 2 }, { id: 3 }, { id: 4, refused: true }],
    });
    expect(await get('events?since=0&rebuild=1')).toMatchObject({ events: [{ id: 1 }] });
    expect(await get('events?since=4')).toEqual({ events: [], next: 4 });
  });
});

test('dead letters are listed, by consumer too, and shown with their bytes as text', async () => {
  expect(await get('dead-letters')).toMatchObject([
    { id: 1, consumer: 'package-updated', reason: 'not an object', times: 1 },
  ]);
  expect(await get('dead-letters?consumer=other')).toEqual([]);
  expect(await get('dead-letters/1')).toMatchObject({ headers: { a: 1 }, bodyBytes: 3, body: '[\ufffd]' });
});

test('the status tells workers, dead letters and everything that waits', async () => {
  expect(await get('status')).toMatchObject({
    deadLetters: 1,
    workers: [{ name: 'one', slots: 2 }],
    waiting: [
      { what: 'arch build webd-2.0-2.aarch64', reason: 'openssl-libs is not on offer' },
      { what: 'build webd-2.0-2', reason: 'its arch builds' },
      { what: 'definition webd', reason: 'gating.yaml: not YAML' },
      { what: 'repository updates (F40, x86_64)', reason: 'HTTP 500' },
    ],
  });
});
