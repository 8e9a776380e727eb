import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { flibs } from './a-terminal.ts';

let workingDirectory: string;
beforeEach(async () => {
  workingDirectory = await mkdtemp(join(tmpdir(), 'flibs-gate-'));
  await mkdir(join(workingDirectory, 'policies'));
});
afterEach(() => rm(workingDirectory, { recursive: true }));

/** The blocks of one language in docs/gating.md. */
const blocks = async (language: string): Promise<readonly string[]> => {
  const page = await readFile(new URL('../../../docs/gating.md', import.meta.url), 'utf8');
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, text = '']) => text,
  );
};

const policy = `--- !Policy
id: release
product_versions: [fedora-*]
decision_context: gate
subject_type: koji_build
rules:
  - !PassingTestCaseRule {test_case_name: smoke}
`;
const request = {
  decision_context: 'gate',
  product_version: 'fedora-40',
  subject_type: 'koji_build',
  subject_identifier: 'nethack-1-1',
};
const result = (outcome: string) => ({
  id: 1,
  testcase: { name: 'smoke' },
  outcome,
  submit_time: '2024-06-01T10:00:00',
  data: { type: ['koji_build'], item: ['nethack-1-1'] },
});

interface Files {
  readonly policies: string;
  readonly results: string;
  readonly waivers: string;
  readonly request: string;
}

const check = async (files: Partial<Files> = {}, ...words: readonly string[]) => {
  const write = (name: string, text: string) => writeFile(join(workingDirectory, name), text);
  await write('policies/release.yaml', files.policies ?? policy);
  await write('results.json', files.results ?? '[]');
  await write('waivers.json', files.waivers ?? '[]');
  await write('request.json', files.request ?? JSON.stringify(request));
  const named = ['--results', 'results.json', '--waivers', 'waivers.json', '--request', 'request.json'];
  return flibs(['gate', 'check', '--policies', 'policies', ...named, ...words], { workingDirectory });
};

describe('the example of docs/gating.md', () => {
  const given = async () => {
    const [policies = ''] = await blocks('yaml');
    const [results = '', waivers = '', asked = ''] = await blocks('json');
    return { policies, results, waivers, request: asked };
  };

  test('is answered as it says there', async () => {
    const { code, out } = await check(await given(), '--json');
    expect(JSON.parse(out)).toEqual(JSON.parse((await blocks('json'))[3] ?? ''));
    expect(code).toBe(1);
  });

  test('is told to people as it says there', async () => {
    const { code, out, err } = await check(await given());
    expect(out).toBe((await blocks('text'))[0]);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'flibs: Of 4 required tests, 1 result missing, 1 test incomplete\n',
    });
  });

  test('of what policies refer to can be used', async () => {
    await writeFile(join(workingDirectory, 'elsewhere.json'), (await blocks('json'))[4] ?? '');
    const policies = policy.replace('gate', 'update').replace(/!Passing.*/, '!RemoteRule {}');
    const asked = JSON.stringify({ ...request, decision_context: 'update' });
    const { out } = await check({ policies, request: asked }, '--remote-rules', 'elsewhere.json');
    expect(out).toMatch(/^ +missing +acme\.play\.functional +- +https:/m);
    expect(out).toMatch(/^ +passed +fetched-gating-yaml +https:/m);
  });
});

describe('flibs gate check ends with', () => {
  test('0 where the decision is satisfied', async () => {
    const { code, out, err } = await check({ results: JSON.stringify([result('PASSED')]) });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^satisfied: All required tests \(1 total\) have passed or been waived$/m);
  });

  test('0 for what ResultsDB and WaiverDB answer as it is', async () => {
    const wrapped = JSON.stringify({ prev: null, next: null, data: [result('INFO')] });
    expect((await check({ results: wrapped, waivers: '{"data": []}' })).code).toBe(0);
  });

  test.each(['FAILED', 'QUEUED'])('1 where a test is %s', async (outcome) => {
    expect((await check({ results: JSON.stringify([result(outcome)]) })).code).toBe(1);
  });

  test('2 where Greenwave would know no policy, whose answer it gives', async () => {
    const asked = JSON.stringify({ ...request, product_version: 'epel-9' });
    const message = 'Found no applicable policies for koji_build subjects at gating point(s) gate in epel-9';
    const { code, out, err } = await check({ request: asked }, '--json');
    expect(JSON.parse(out)).toEqual({ http_status: 404, message });
    expect(err).toContain(`request.json: 404: ${message}\n`);
    expect(code).toBe(2);
  });

  test('2 where a policy cannot be used, with file, line and reason', async () => {
    const policies = policy.replace('!PassingTestCaseRule', '!FedoraAtomicCi');
    const { code, out, err } = await check({ policies }, '--json');
    expect(err).toContain(
      'policies cannot be used:\n  policies/release.yaml:7: rules.0: !FedoraAtomicCi was removed',
    );
    expect(err).toContain('docs/gating.md says what it may hold');
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  test.each<[string, Partial<Files>, RegExp]>([
    ['no JSON', { results: '[\n{]' }, /results\.json cannot be used:\n {2}line 2.*is no JSON/],
    [
      'a result without a test case',
      { results: JSON.stringify([{ ...result('PASSED'), testcase: 'smoke' }], null, 1) },
      /results\.json cannot be used:\n {2}line 4: 0\.testcase: /,
    ],
    [
      'a time that is none',
      { results: JSON.stringify([{ ...result('PASSED'), submit_time: 'noon' }]) },
      /line 1: 0\.submit_time: "noon" is no time/,
    ],
    [
      'an id twice',
      { results: JSON.stringify([result('PASSED'), result('FAILED')]) },
      /1\.id: 1 is the id of 0 already/,
    ],
    [
      'a mistyped key of a waiver',
      { waivers: '[\n {"id": 1,\n "expire": "x"}]' },
      /waivers\.json cannot be used:\n.*line 2: 0/,
    ],
    ['a request that is none', { request: '[]' }, /request\.json: 400: The request must be a JSON object/],
  ])('2 for %s', async (_, files, message) => {
    const { code, err } = await check(files);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  test('2 for a folder that is not there, or has no policies', async () => {
    const named = ['--results', 'r', '--waivers', 'w', '--request', 'q'];
    const absent = await flibs(['gate', 'check', '--policies', 'absent', ...named], { workingDirectory });
    expect(absent.err).toMatch(/absent cannot be used:\n {2}cannot be read: ENOENT/);
    const empty = await flibs(['gate', 'check', '--policies', 'policies', ...named], { workingDirectory });
    expect(empty.err).toMatch(/policies cannot be used:\n {2}has no file that ends in \.yaml/);
    expect([absent.code, empty.code]).toEqual([2, 2]);
  });
});

test('people are told of waivers, exclusions and files that are missing', async () => {
  const policies = `${policy}  - !RemoteRule {required: true}\n${policy.replace('id: release', 'id: other\nexcluded_packages: [net*]')}`;
  const waivers = JSON.stringify([
    {
      ...{ id: 4, subject_type: 'koji_build', subject_identifier: 'nethack-1-1', testcase: 'smoke' },
      ...{ product_version: 'fedora-40', waived: true, timestamp: '2024-06-01T10:00:00' },
    },
  ]);
  const { out } = await check({ policies, waivers });
  expect(out).toMatch(/^unsatisfied: 1 error due to missing remote rule file$/m);
  expect(out).toMatch(/^ +waived +smoke +waiver 4 of missing$/m);
  expect(out).toMatch(/^ +failed +missing-gating-yaml +https:/m);
  expect(out).toMatch(/^ +excluded +- +left out by other$/m);
});
