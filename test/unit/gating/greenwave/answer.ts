/** Facts put through the reader and the gate, and answers in the facts' words. */
import { z } from 'zod';
import { Instant } from '../../../../schemas/instant.ts';
import { checkFiles } from '../../../../src/gating/files/check.ts';
import { RemoteRulesFile } from '../../../../src/gating/files/remote-rules.ts';
import { ResultsFile } from '../../../../src/gating/files/results.ts';
import { WaiversFile } from '../../../../src/gating/files/waivers.ts';
import { readPolicyFile } from '../../../../src/gating/policy-yaml.ts';
import { type FactFiles, filesOf, type GreenwaveFact } from './greenwave-fact.ts';

const Listed = z.array(z.looseObject({ id: z.number() }));

const Answer = z.looseObject({
  policies_satisfied: z.boolean(),
  summary: z.string(),
  satisfied_requirements: z.array(z.record(z.string(), z.unknown())),
  unsatisfied_requirements: z.array(z.record(z.string(), z.unknown())),
  applicable_policies: z.array(z.string()).optional(),
  results: Listed.optional(),
  waivers: Listed.optional(),
});

export const june = Instant.parse('2024-06-01T00:00:00.000000Z');

/** What the pure functions answer, as JSON would have it. */
export const answered = (fact: GreenwaveFact): unknown => answeredFor(filesOf(fact));

export const answeredFor = (files: FactFiles): unknown => {
  const policies = readPolicyFile('policies.yaml', files.policies, 'server');
  if ('problems' in policies) throw new Error(policies.problems.join('\n'));
  const checked = checkFiles(
    {
      policies,
      request: files.request,
      results: ResultsFile.parse(files.results),
      waivers: WaiversFile.parse(files.waivers),
      remoteRules: RemoteRulesFile.parse(files.elsewhere),
    },
    june,
  );
  if ('status' in checked) return { http_status: checked.status, message: checked.message };
  return JSON.parse(JSON.stringify(checked.response));
};

/** What facts say nothing of. */
const left: readonly string[] = [
  'type',
  'testcase',
  'subject_type',
  'subject_identifier',
  'item',
  'state',
  'source',
  'sources',
  'error',
  'policy',
];

export const lineOf = (requirement: Readonly<Record<string, unknown>>): string => {
  const { type, testcase } = requirement;
  const rest = Object.entries(requirement)
    .filter(([key, value]) => !left.includes(key) && value !== null)
    .map(([key, value]) => `${key}=${String(value)}`);
  return [type, ...(testcase === undefined || testcase === type ? [] : [testcase]), ...rest.sort()].join(' ');
};

/** What of an answer a fact speaks of. */
export const told = (answer: unknown) => {
  const parsed = Answer.safeParse(answer);
  if (!parsed.success) return { refused: answer };
  const { data } = parsed;
  return {
    summary: data.summary,
    isSatisfied: data.policies_satisfied,
    satisfied: data.satisfied_requirements.map(lineOf),
    unsatisfied: data.unsatisfied_requirements.map(lineOf),
    applicable: data.applicable_policies,
    ...(data.results && {
      listed: { results: data.results.map(({ id }) => id), waivers: data.waivers?.map(({ id }) => id) },
    }),
  };
};

/** What Greenwave tells, by the fact. */
export const expected = (fact: GreenwaveFact): ReturnType<typeof told> => {
  if (fact.refused) return { refused: fact.refused };
  const unsatisfied = fact.unsatisfied ?? [];
  return {
    summary: fact.summary ?? '',
    isSatisfied: unsatisfied.length === 0,
    satisfied: [...(fact.satisfied ?? [])],
    unsatisfied: [...unsatisfied],
    applicable: [...(fact.applicable ?? fact.policies.map(({ id }) => id))],
    ...(fact.listed && { listed: { results: [...fact.listed.results], waivers: [...fact.listed.waivers] } }),
  };
};
