/** Decisions of Greenwave, asked for over HTTP: what docs/greenwave-comparison.md says, on rows in the store. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { ResultsFile } from '../../../src/gating/files/results.ts';
import { WaiversFile } from '../../../src/gating/files/waivers.ts';
import { readPolicyFile } from '../../../src/gating/policy-yaml.ts';
import { expected, told } from '../../unit/gating/greenwave/answer.ts';
import { fileFacts } from '../../unit/gating/greenwave/files-facts.ts';
import { filesOf, type GreenwaveFact } from '../../unit/gating/greenwave/greenwave-fact.ts';
import { latestFacts } from '../../unit/gating/greenwave/latest-facts.ts';
import { policyFacts } from '../../unit/gating/greenwave/policies-facts.ts';
import { resultFacts } from '../../unit/gating/greenwave/results-facts.ts';
import { emptyStore } from '../empty-store.ts';
import { type ActingApi, anActingApi } from './an-acting-api.ts';

let api: ActingApi;
beforeAll(async () => {
  api = await anActingApi();
});
beforeEach(() => emptyStore(api.store));
afterAll(() => api.close());

/** Over HTTP no files from elsewhere are fetched. */
const isElsewhere = ({ policies, request, elsewhere }: GreenwaveFact): boolean =>
  elsewhere !== undefined || JSON.stringify([policies, request ?? {}]).includes('RemoteRule');

const facts = Object.entries({ ...resultFacts, ...latestFacts, ...policyFacts, ...fileFacts })
  .filter(([, fact]) => !isElsewhere(fact))
  .map(([id, fact]) => ({ id, title: fact.title, fact }));

/** As the store has them once they were reported, waived and loaded. */
const fill = async (fact: GreenwaveFact): Promise<void> => {
  const files = filesOf(fact);
  const policies = readPolicyFile('policies.yaml', files.policies, 'server');
  const { db } = api.store;
  await sql`insert into definitions_revision (fingerprint, loaded_at) values ('f', now())`.execute(db);
  await sql`insert into policy_set (from_revision, definition) values (1, ${JSON.stringify(policies)})`.execute(
    db,
  );
  for (const one of ResultsFile.parse(files.results)) {
    const data = { ...one.data, ...(one.error_reason ? { error_reason: [one.error_reason] } : {}) };
    await sql`insert into result (id, test_case, outcome, run_key, origin, message_id, submitted_at, received_at, data)
      overriding system value values (${one.id}, ${one.testcase.name}, ${one.outcome}, ${`run ${one.id}`}, 'http',
        ${`message ${one.id}`}, ${`${one.submit_time}Z`}::text::timestamptz, now(), ${JSON.stringify(data)})`.execute(
      db,
    );
  }
  for (const one of WaiversFile.parse(files.waivers)) {
    await sql`insert into waiver (id, subject_type, subject_identifier, test_case, product_version, waived, comment,
        username, scenario, at)
      overriding system value values (${one.id}, ${one.subject_type}, ${one.subject_identifier}, ${one.testcase},
        ${one.product_version}, ${one.waived}, 'c', 'ann', ${one.scenario ?? null},
        ${`${one.timestamp}Z`}::text::timestamptz)`.execute(db);
  }
};

/** Where it is better on the very same input: what it is instead. */
const better: Readonly<Record<string, Partial<GreenwaveFact>>> = {
  'gw-58': {
    summary: 'All required tests (1 total) have passed or been waived',
    satisfied: ['test-result-failed-waived t1 result_id=1 waiver_id=1'],
    unsatisfied: [],
  },
};

test.each(facts)('$id: $title', async ({ id, fact }) => {
  await fill(fact);
  const answer = await api.post('/api/v1.0/decision', Object(filesOf(fact).request));
  const body: unknown = answer.json();
  if (fact.refused) {
    const { http_status: status, message } = fact.refused;
    expect(body).toMatchObject({ status, message });
  } else {
    expect(answer.statusCode).toBe(200);
    expect(told(body)).toEqual(expected({ ...fact, ...better[id] }));
  }
});

test('they are most of the facts', () => {
  expect(facts.length).toBeGreaterThan(40);
});
