/** What the store calls the latest is what the gate takes for it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { Outcome } from '../../../schemas/events/releasing.ts';
import { latestResults } from '../../../src/api/queries/results.ts';
import { readResultQuery } from '../../../src/api/wire/result-query.ts';
import { latestOf } from '../../../src/gating/results.ts';
import { anEnvironment } from '../an-environment.ts';

let environment: Awaited<ReturnType<typeof anEnvironment>>;
beforeAll(async () => {
  environment = await anEnvironment();
});
afterAll(() => environment.close());

const result = fc.record({
  testCase: fc.constantFrom('a', 'b'),
  outcome: fc.constantFrom(...Outcome.options),
  run: fc.constantFrom('1', '2', '3'),
  arch: fc.constantFrom('x86_64', 'aarch64', undefined),
});

test('in whatever order results came', async () => {
  const { db } = environment.store;
  const query = readResultQuery({ type: 'koji_build', _distinct_on: 'arch' });
  if (query.verdict !== 'understood') throw new Error(query.reason);
  await fc.assert(
    fc.asyncProperty(fc.array(result, { minLength: 1, maxLength: 12 }), async (results) => {
      await sql`truncate result restart identity cascade`.execute(db);
      await db
        .insertInto('result')
        .values(
          results.map(({ testCase, outcome, run, arch }) => ({
            build: null,
            digest: null,
            test_case: testCase,
            outcome,
            arch: null,
            run_key: run,
            origin: 'http',
            message_id: 'm',
            url: null,
            received_at: new Date(0),
            part_of: null,
            scenario: null,
            variant: null,
            note: null,
            reporter: null,
            data: JSON.stringify({ type: ['koji_build'], ...(arch === undefined ? {} : { arch: [arch] }) }),
          })),
        )
        .execute();
      const numbered = results.map((one, index) => ({ ...one, id: index + 1, order: index + 1 }));
      const expected = latestOf(numbered, ({ testCase, arch }) => `${testCase} ${arch}`).map(({ id }) => id);
      const found = await latestResults(db, query.as, '');
      expect(found.map(({ id }) => id)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});
