/** Decisions of Greenwave, by docs/greenwave-comparison.md: equal, or better as it says there. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { flibs } from '../../cli/a-terminal.ts';
import { answered, expected, told } from './answer.ts';
import { compared } from './compared.ts';
import { fileFacts } from './files-facts.ts';
import { filesOf, type GreenwaveFact } from './greenwave-fact.ts';
import { latestFacts } from './latest-facts.ts';
import { policyFacts } from './policies-facts.ts';
import { resultFacts } from './results-facts.ts';

const facts: Readonly<Record<string, GreenwaveFact>> = {
  ...resultFacts,
  ...latestFacts,
  ...policyFacts,
  ...fileFacts,
};

/** Where it is better on the very same input: what it is instead. */
const ours: Readonly<Record<string, Partial<GreenwaveFact>>> = {
  'gw-58': {
    summary: 'All required tests (1 total) have passed or been waived',
    satisfied: ['test-result-failed-waived t1 result_id=1 waiver_id=1'],
    unsatisfied: [],
  },
};

const titled = Object.entries(facts).map(([id, fact]) => ({ id, title: fact.title, fact }));
const answerOf = (id: string, fact: GreenwaveFact) => expected({ ...fact, ...ours[id] });

describe('read and decided', () => {
  test.each(titled)('$id: $title', ({ id, fact }) => {
    expect(told(answered(fact))).toEqual(answerOf(id, fact));
  });
});

describe('flibs gate check', () => {
  let workingDirectory: string;
  beforeAll(async () => {
    workingDirectory = await mkdtemp(join(tmpdir(), 'flibs-gate-'));
  });
  afterAll(() => rm(workingDirectory, { recursive: true }));

  test.each(titled)('$id: $title', async ({ id, fact }) => {
    const files = filesOf(fact);
    await mkdir(join(workingDirectory, id));
    const write = async (name: string, content: unknown) => {
      await writeFile(join(workingDirectory, id, name), JSON.stringify(content));
      return join(id, name);
    };
    await writeFile(join(workingDirectory, id, 'policies.yaml'), files.policies);
    const words = [
      ...['gate', 'check', '--json', '--policies', id],
      ...['--results', await write('results.json', files.results)],
      ...['--waivers', await write('waivers.json', files.waivers)],
      ...['--request', await write('request.json', files.request)],
      ...['--remote-rules', await write('elsewhere.json', files.elsewhere)],
    ];
    const { code, out } = await flibs(words, { workingDirectory });
    const answer = answerOf(id, fact);
    expect(told(JSON.parse(out))).toEqual(answer);
    expect(code).toBe('refused' in answer ? 2 : answer.isSatisfied ? 0 : 1);
  });
});

test('a silent arch is missing where the policy says that arches are required (gw-33)', () => {
  const { 'gw-33': fact } = latestFacts;
  if (!fact) throw new Error('the fact is gone');
  const rule = {
    type: 'PassingTestCaseRule',
    test_case_name: 'rtt.acceptance.validation',
    arches: 'required',
  };
  const policies = fact.policies.map((policy) => ({ ...policy, rules: [rule] }));
  const request = { ...fact.request, required_arches: ['x86_64', 'ppc64'] };
  expect(told(answered({ ...fact, policies, request }))).toMatchObject({
    isSatisfied: false,
    summary: 'Of 2 required tests, 1 result missing',
    unsatisfied: ['test-result-missing rtt.acceptance.validation system_architecture=ppc64'],
  });
});

test('docs/greenwave-comparison.md calls no decision equal or better that is not put through here', () => {
  const put = compared().filter(({ id, verdict }) => id.startsWith('gw-') && verdict !== 'out of scope');
  expect(put.map(({ id }) => id).sort()).toEqual(Object.keys(facts).sort());
  const better = put.filter(({ verdict }) => verdict === 'better').map(({ id }) => id);
  expect(better).toEqual(['gw-33', ...Object.keys(ours)]);
});
