/** Waiving, and what one sees of waivers and of the gate, on the command line. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Gate } from '../../../src/api/wire/gate.ts';
import type { Waiver } from '../../../src/api/wire/waiver.ts';
import { answer, aStubApi, type StubApi } from './a-stub-api.ts';
import { flibs } from './a-terminal.ts';

const aWaiver: Waiver = {
  id: 5,
  subject_type: 'container-image',
  subject_identifier: 'webd-2.0-3',
  subject: { type: 'container-image', item: 'webd-2.0-3' },
  testcase: 'web.load.performance',
  product_version: 'fedora-40',
  waived: true,
  comment: 'the lab is down\u001b[31m',
  username: 'ann',
  proxied_by: null,
  scenario: null,
  timestamp: '2026-11-24T10:20:30.000000',
  arch: 's390x',
  expires: '2026-12-24T00:00:00.000Z',
  result_id: null,
};

const aGate: Gate = {
  nvr: 'webd-2.0-3',
  image: 'webd',
  state: 'testing',
  waiting: null,
  indexDigest: `sha256:${'a'.repeat(64)}`,
  productVersion: 'fedora-40',
  decision: {
    id: 9,
    state: 'waiting',
    summary: 'Of 2 required tests, 1 result missing',
    at: '2026-11-24T10:20:31.000Z',
  },
  requirements: [
    {
      testCase: 'web.load.performance',
      arch: 's390x',
      state: 'waived',
      unwaived: 'failed',
      result: 4,
      waiver: 5,
      outcome: 'FAILED',
      url: 'https://ci.example.org/4',
      receivedAt: '2026-11-24T10:19:30.000Z',
    },
    {
      testCase: 'web.load.performance',
      arch: 'x86_64',
      state: 'missing',
      outcome: null,
      url: null,
      receivedAt: null,
    },
  ],
  waivers: [aWaiver],
};

let api: StubApi;
beforeEach(async () => {
  api = await aStubApi({
    'POST /api/v1.0/waivers/': answer(201, aWaiver),
    'GET /api/v1.0/waivers/?limit=100&subject_identifier=webd-2.0-3': {
      data: [aWaiver],
      prev: null,
      next: null,
      first: '?page=1',
      last: '?page=1',
    },
    'GET /api/v1/gate/webd-2.0-3': aGate,
  });
});
afterEach(() => api.close());

const ran = (...words: readonly string[]) => flibs([...words, '--api', api.url]);

describe('flibs waive', () => {
  test('sends what is waived, and how narrowly', async () => {
    const narrow = ['--arch', 's390x', '--expires', '2026-12-24T00:00Z', '--result', '4'];
    const { out } = await ran(
      'waive',
      'webd-2.0-3',
      'web.load.performance',
      '--comment',
      'the lab is down',
      ...narrow,
    );
    expect(api.asked.map(({ body }) => body)).toEqual([
      {
        subject_type: 'container-image',
        subject_identifier: 'webd-2.0-3',
        testcase: 'web.load.performance',
        waived: true,
        comment: 'the lab is down',
        arch: 's390x',
        expires: '2026-12-24T00:00Z',
        result_id: 4,
      },
    ]);
    expect(out).toBe(
      'waiver 5: web.load.performance of webd-2.0-3 is waived on s390x, until 2026-12-24 00:00:00Z\n',
    );
  });

  test('takes back', async () => {
    await ran('waive', 'webd-2.0-3', 'web.load.performance', '--take-back', '--comment', 'x');
    expect(api.asked[0]?.body).toMatchObject({ waived: false });
  });

  test('asks why', async () => {
    expect(await ran('waive', 'webd-2.0-3', 'web.load.performance')).toMatchObject({ code: 2 });
    expect(api.asked).toEqual([]);
  });
});

test('flibs waivers tells who waived what, and nothing of it reaches the terminal as more than text', async () => {
  const { out } = await ran('waivers', 'webd-2.0-3');
  expect(out).toContain(
    'webd-2.0-3  web.load.performance  yes     on s390x, until 2026-12-24 00:00:00Z  ann',
  );
  expect(out).toContain('the lab is down\\u001b[31m');
});

describe('flibs gate show', () => {
  test('tells requirement by requirement and arch by arch what is waited for', async () => {
    const { out } = await ran('gate', 'show', 'webd-2.0-3');
    expect(out).toContain(
      'decision:        waiting: Of 2 required tests, 1 result missing (2026-11-24 10:20:31Z)',
    );
    expect(out).toMatch(/^ {2}missing +web\.load\.performance +x86_64/m);
    expect(out).toMatch(
      /^ {2}waived +web\.load\.performance +s390x +- +4 FAILED +2026-11-24 10:19:30Z +waiver 5; without it failed; https:\/\/ci\.example\.org\/4$/m,
    );
  });

  test('of a build that there is not exits with 4', async () => {
    expect(await ran('gate', 'show', 'webd-2.0-9')).toMatchObject({ code: 4 });
  });
});
