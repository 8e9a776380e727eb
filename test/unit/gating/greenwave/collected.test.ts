/** The collection of facts itself, where a checkout of it lies beside this one. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { answeredFor, lineOf, told } from './answer.ts';
import { compared } from './compared.ts';
import { policyYaml } from './greenwave-fact.ts';

const file = new URL('../../../../../shared/data/scenarios/gating.json', import.meta.url);

const PolicyJson = z.looseObject({ id: z.string(), rules: z.array(z.looseObject({ type: z.string() })) });
const Requirements = z.array(z.record(z.string(), z.unknown())).default([]);

const Collected = z.object({
  decisions: z.array(
    z.object({
      id: z.string(),
      input: z.looseObject({ policies: z.array(PolicyJson), request: z.record(z.string(), z.unknown()) }),
      expected: z.looseObject({ satisfied: Requirements, unsatisfied: Requirements }),
    }),
  ),
});

type Fact = z.infer<typeof Collected>['decisions'][number];

const elsewhere = ['remote_rule_files', 'scm_lookup'];

const answerTo = ({ input }: Fact): unknown =>
  answeredFor({
    policies: input.policies.map(policyYaml).join(''),
    request: { ...input.request, subject_build_time: input['subject_build_time'] },
    results: input['results'],
    waivers: input['waivers'],
    elsewhere: Object.fromEntries(Object.entries(input).filter(([key]) => elsewhere.includes(key))),
  });

/** Of an error status and message; of a decision what it comes to and each requirement. */
const collected = ({ expected: { satisfied, unsatisfied, ...rest } }: Fact): object =>
  'http_status' in rest
    ? { refused: rest }
    : { summary: rest['summary'], satisfied: satisfied.map(lineOf), unsatisfied: unsatisfied.map(lineOf) };

test('each collected decision is answered as docs/greenwave-comparison.md says', () => {
  if (!existsSync(file)) {
    process.stdout.write('collected decisions of Greenwave: not here, so not looked at\n');
    return;
  }
  const { decisions } = Collected.parse(JSON.parse(readFileSync(file, 'utf8')));
  const others = decisions.filter(
    (fact) => !expect.objectContaining(collected(fact)).asymmetricMatch(told(answerTo(fact))),
  );
  const better = compared().filter(({ verdict }) => verdict === 'better');
  expect(better.map(({ id }) => id)).toEqual(expect.arrayContaining(others.map(({ id }) => id)));
  process.stdout.write(
    `collected decisions of Greenwave: ${decisions.length}, ${others.length} answered otherwise\n`,
  );
});
