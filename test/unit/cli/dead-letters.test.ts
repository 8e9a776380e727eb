import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { aStubApi } from './a-stub-api.ts';
import { flibs } from './a-terminal.ts';
import { aStatus } from './answers.ts';

let api: Awaited<ReturnType<typeof aStubApi>>;
beforeEach(async () => {
  api = await aStubApi({
    'GET /api/v1/status': aStatus,
    'GET /api/v1/dead-letters?consumer=releaser': [],
    'GET /api/v1/dead-letters?consumer=releasr': [],
  });
});
afterEach(() => api.close());

const asked = (consumer: string) => flibs(['dead-letters', '--consumer', consumer, '--api', api.url]);

test('a consumer without dead letters has none', async () => {
  expect(await asked('releaser')).toMatchObject({ code: 0, out: 'no dead letters\n' });
});

test('a consumer that there is not is named, with those that there are', async () => {
  const { code, err } = await asked('releasr');
  expect(code).toBe(2);
  expect(err).toMatch(/no consumer "releasr" runs, .*\n {2}there are .*releaser, release-gate/);
});
