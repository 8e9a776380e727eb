/** Decisions by Greenwave's interface upon images of ours, and upon what lies elsewhere. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { aDecidingApi, asked, type DecidingApi, digest, image, lines } from './a-deciding-api.ts';

let api: DecidingApi;
beforeAll(async () => {
  api = await aDecidingApi();
});
beforeEach(() => api.begin());
afterAll(() => api.close());

describe('an image of ours', () => {
  const about = { type: 'container-image', digest: digest('c') };

  test('has to have passed on each arch of its index, whatever arches the request names', async () => {
    await api.aBuild('webd-2.4-7', digest('c'));
    await api.report('smoke', 'PASSED', { ...about, system_architecture: 'x86_64' });
    const expectedLines = ['smoke x86_64 passed', 'smoke aarch64 missing'];
    expect(lines(await api.decided(image))).toEqual(expectedLines);
    expect(lines(await api.decided({ ...image, required_arches: ['x86_64'] }))).toEqual(expectedLines);
  });

  test('is the same by NVR and by digest, and under either name of its kind', async () => {
    await api.aBuild('webd-2.4-7', digest('c'));
    await api.report('smoke', 'PASSED', { ...about, system_architecture: ['x86_64', 'aarch64'] });
    for (const subject_type of ['container-image', 'redhat-container-image'])
      for (const subject_identifier of ['webd-2.4-7', digest('c')])
        expect((await api.decided({ ...image, subject_type, subject_identifier })).state).toBe('satisfied');
  });

  test('is judged by results for its very digests alone', async () => {
    await api.aBuild('webd-2.4-7', digest('c'));
    await api.report('smoke', 'PASSED', { type: 'container-image', digest: digest('d'), nvr: 'webd-2.4-7' });
    await api.report('smoke', 'PASSED', { type: 'container-image', digest: digest('a') });
    expect(lines(await api.decided(image))).toEqual(['smoke aarch64 passed', 'smoke x86_64 missing']);
  });

  test('need not name its product version, which is that of its distro release', async () => {
    await api.aBuild('webd-2.4-7', digest('c'));
    const { product_version: _, ...rest } = image;
    expect((await api.decided(rest)).summary).toBe('Of 2 required tests, 2 results missing');
  });

  test('waits for all its arches while it has no index', async () => {
    await api.aBuild('webd-2.4-7', null);
    expect(lines(await api.decided(image))).toEqual(['smoke aarch64 missing', 'smoke x86_64 missing']);
  });

  test('is asked for what its own gating.yaml asks, where a policy leads there', async () => {
    await api.aBuild('webd-2.4-7', digest('c'), [{ testCase: 'own' }]);
    await api.report('own', 'PASSED', { ...about, system_architecture: 'x86_64' });
    const answer = await api.decided({ ...image, decision_context: 'files' });
    expect(lines(answer)).toEqual(['fetched-gating-yaml passed', 'own x86_64 passed', 'own aarch64 missing']);
  });

  test('without the gating.yaml that must be there is refused, until that is waived', async () => {
    await api.aBuild('webd-2.4-7', digest('c'));
    const request = { ...image, decision_context: 'files' };
    expect(lines(await api.decided(request))).toEqual(['missing-gating-yaml failed']);
    const waiver = { subject_identifier: digest('c'), testcase: 'missing-gating-yaml', comment: 'c' };
    await api.post('/api/v1.0/waivers/', waiver, api.own);
    expect((await api.decided(request)).state).toBe('satisfied');
    expect((await api.decided({ ...request, subject_type: 'container-image' })).state).toBe('satisfied');
  });

  test('is waived under either name of its kind', async () => {
    await api.aBuild('webd-2.4-7', digest('c'));
    await api.post(
      '/api/v1.0/waivers/',
      { subject_identifier: 'webd-2.4-7', testcase: 'smoke', comment: 'c' },
      api.own,
    );
    const request = { ...image, subject_type: 'redhat-container-image', subject_identifier: digest('c') };
    expect(lines(await api.decided(request))).toEqual(['smoke aarch64 waived', 'smoke x86_64 waived']);
  });
});

describe('what lies elsewhere is not fetched, and so counts as failed', () => {
  test.each([
    ['the gating.yaml of a build of others', { ...asked, decision_context: 'files' }],
    ['the gating.yaml of an image of others', { ...image, decision_context: 'files' }],
    ['a file at an address', { ...image, decision_context: 'there' }],
  ])('%s', async (_, request) => {
    expect(lines(await api.decided(request))).toEqual(['failed-fetch-gating-yaml errored']);
  });

  test('a file at an address, for an image of ours', async () => {
    await api.aBuild('webd-2.4-7', digest('c'), [{ testCase: 'own' }]);
    expect(lines(await api.decided({ ...image, decision_context: 'there' }))).toEqual([
      'failed-fetch-gating-yaml errored',
    ]);
  });
});
