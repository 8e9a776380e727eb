/** Greenwave's interface: decisions upon what the store holds, policies, and what is answered to what cannot be asked. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { aDecidingApi, asked, type DecidingApi, image, lines } from './a-deciding-api.ts';

let api: DecidingApi;
beforeAll(async () => {
  api = await aDecidingApi();
});
beforeEach(() => api.begin());
afterAll(() => api.close());

describe('a build of others', () => {
  const data = { item: asked.subject_identifier, type: 'koji_build' };

  test('waits for what was not reported, and is satisfied by what was', async () => {
    expect(await api.decided()).toMatchObject({ policies_satisfied: false, state: 'waiting' });
    await api.report('install', 'PASSED', data);
    expect(await api.decided()).toMatchObject({
      policies_satisfied: true,
      state: 'satisfied',
      summary: 'All required tests (1 total) have passed or been waived',
      applicable_policies: ['push'],
    });
  });

  test('is known by either name of its kind, and by nothing of another', async () => {
    await api.report('install', 'PASSED', { ...data, type: 'bodhi_update' });
    await api.report('install', 'PASSED', { ...data, item: 'other-1-1.fc40' });
    expect((await api.decided()).state).toBe('waiting');
    await api.report('install', 'PASSED', { ...data, type: 'brew-build' });
    expect((await api.decided()).state).toBe('satisfied');
  });

  test('is told by arch and scenario, as they were reported', async () => {
    await api.report('install', 'PASSED', { ...data, system_architecture: 'x86_64' });
    await api.report('install', 'RUNNING', { ...data, system_architecture: 'ppc64le', scenario: 'bios' });
    expect((await api.decided()).unsatisfied_requirements).toMatchObject([
      { type: 'test-result-missing', system_architecture: 'ppc64le', scenario: 'bios', state: 'running' },
    ]);
  });

  test('is forgiven by a waiver', async () => {
    await api.report('install', 'FAILED', data);
    const { unsatisfied_requirements: failed, state } = await api.decided();
    expect([state, failed]).toMatchObject(['unsatisfied', [{ type: 'test-result-failed' }]]);
    await api.post(
      '/api/v1.0/waivers/',
      {
        subject: { type: 'koji_build', item: data.item },
        testcase: 'install',
        product_version: 'fedora-40',
        comment: 'c',
      },
      api.own,
    );
    expect((await api.decided()).satisfied_requirements).toMatchObject([
      { type: 'test-result-failed-waived', state: 'waived', waiver_id: 1 },
    ]);
  });

  test('verbose lists results and waivers as ResultsDB and WaiverDB do', async () => {
    const id = await api.report('install', 'FAILED', data);
    await api.report('other', 'PASSED', data);
    expect(await api.decided({ ...asked, verbose: true })).toMatchObject({
      results: [
        { id: id + 1, testcase: { name: 'other' } },
        { id, outcome: 'FAILED', data: { item: [data.item] }, href: expect.stringMatching(/results\/\d+$/) },
      ],
      waivers: [],
    });
  });

  test('a result may be ignored, and a time in the past asked of', async () => {
    const id = await api.report('install', 'PASSED', data);
    expect((await api.decided({ ...asked, ignore_result: [id] })).state).toBe('waiting');
    expect((await api.decided({ ...asked, when: '2020-01-01T00:00:00' })).state).toBe('waiting');
  });

  test('rules may come with the request, and several subjects in the old form', async () => {
    await api.report('t', 'PASSED', data);
    const { decision_context: _, subject_type: __, subject_identifier: ___, ...rest } = asked;
    const answer = await api.decided({
      ...rest,
      rules: [{ type: 'PassingTestCaseRule', test_case_name: 't' }],
      subject: [{ type: 'koji_build', item: data.item }, { original_spec_nvr: 'other-1-1' }],
    });
    expect(lines(answer)).toEqual(['t passed', 't missing']);
    expect(answer).not.toHaveProperty('applicable_policies');
  });
});

describe('refused', () => {
  const { product_version: _, ...unversioned } = asked;

  test.each([
    ['no product version', unversioned, 400, 'Missing required product version'],
    ['a key that is not known', { ...asked, product: 'x' }, 400, 'Unknown parameter "product"'],
    [
      'a subject that no store could hold',
      { ...asked, subject_identifier: 'a\u0000b' },
      400,
      'Invalid subject_identifier, must be a string',
    ],
    ['no time', { ...asked, when: 'noon' }, 400, 'Invalid "when" parameter, must be in ISO8601 format'],
    [
      'no policy for it',
      { ...asked, decision_context: 'other' },
      404,
      'Found no applicable policies for koji_build subjects at gating point(s) other in fedora-40',
    ],
    [
      'arches that nobody knows',
      image,
      400,
      'smoke must have been reported for each required arch of webd-2.4-7: name them in required_arches',
    ],
  ])('%s', async (_name, request, status, message) => {
    const answer = await api.ask(request);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ status, message, error: message, detail: message });
  });

  test.each([
    ['no body', undefined, {}, 415],
    ['text', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['what is no JSON', '{', { 'content-type': 'application/json' }, 400],
    ['a list', '[]', { 'content-type': 'application/json' }, 400],
    ['too much', `"${'x'.repeat(70_000)}"`, { 'content-type': 'application/json' }, 413],
  ])('%s', async (_name, payload, headers, status) => {
    const url = '/api/v1.0/decision';
    const answer = await api.server.inject({
      method: 'POST',
      url,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ status, message: expect.stringMatching(/./) });
  });
});

describe('what else Greenwave tells', () => {
  const get = async (url: string): Promise<unknown> => (await api.server.inject(url)).json();

  test('the policies in force', async () => {
    expect(await get('/api/v1.0/policies')).toMatchObject({
      policies: [
        {
          id: 'release',
          product_versions: ['fedora-40'],
          decision_contexts: ['gate'],
          subject_types: ['container-image', 'redhat-container-image'],
          rules: [
            { rule: 'PassingTestCaseRule', test_case_name: 'smoke', scenario: null, arches: 'required' },
          ],
        },
        { id: 'push' },
        { id: 'files', rules: [{ rule: 'RemoteRule', sources: null, required: true }] },
        { id: 'there' },
      ],
    });
  });

  test('subject types, those of the policies among them', async () => {
    const { subject_types } = z
      .object({ subject_types: z.array(z.looseObject({ id: z.string() })) })
      .parse(await get('/api/v1.0/subject_types'));
    expect(subject_types.map(({ id }) => id)).toEqual([
      'bodhi_update',
      'compose',
      'container-image',
      'koji_build',
      'redhat-container-image',
      'redhat-module',
      'thing',
    ]);
    expect(subject_types.at(-1)).toMatchObject({ aliases: ['stuff'], is_nvr: false });
  });

  test('its version', async () => {
    expect(await get('/api/v1.0/about')).toEqual({ version: '0.1.0' });
  });

  test('that it is well', async () => {
    const answer = await api.server.inject('/healthcheck');
    expect([answer.statusCode, answer.body]).toEqual([200, 'Health check OK']);
  });
});

describe('a gating.yaml', () => {
  const validate = (payload: string, type = 'application/x-www-form-urlencoded') =>
    api.server.inject({
      method: 'POST',
      url: '/api/v1.0/validate-gating-yaml',
      headers: { 'content-type': type },
      payload,
    });
  const good = '--- !Policy\ndecision_context: gate\nrules:\n  - !PassingTestCaseRule {test_case_name: t}\n';

  test.each(['application/x-www-form-urlencoded', 'application/x-yaml', 'text/plain', 'application/json'])(
    'that can be used is fine, whatever its type is called: %s',
    async (type) => {
      const answer = await validate(good, type);
      expect([answer.statusCode, answer.json()]).toEqual([200, { message: 'All OK' }]);
    },
  );

  test.each([
    ['that is empty', '', 'No policies defined'],
    ['with a mistyped key', good.replace('test_case_name', 'test_case'), 'gating.yaml:4: '],
    ['of a removed kind', good.replace('PassingTestCaseRule', 'FedoraAtomicCi'), 'FedoraAtomicCi'],
  ])('%s is told by line', async (_, text, message) => {
    const answer = await validate(text);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });
});
