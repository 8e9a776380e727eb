import { expect, test } from '@jest/globals';
import type { DecisionInput } from '../../../src/gating/decision.ts';
import { greenwaveResponse } from '../../../src/gating/greenwave-response.ts';
import { anInput, aPolicy, aResult, aRule, aWaiver, decided } from './a-decision.ts';

const response = (input: DecisionInput, onDemand = false) =>
  greenwaveResponse(decided(input), { subjectTypes: [], onDemand });

const about = {
  testcase: 'smoke',
  subject_type: 'container-image',
  subject_identifier: 'webd-2.4-7',
  source: null,
};
const item = { type: 'container-image', item: 'webd-2.4-7' };

test('a missing test is told with its scenario alone', () => {
  expect(response(anInput()).unsatisfied_requirements).toEqual([
    { type: 'test-result-missing', ...about, scenario: null, item, state: 'missing' },
  ]);
});

test.each([
  ['QUEUED', 'test-result-missing', 'queued'],
  ['RUNNING', 'test-result-missing', 'running'],
  ['FAILED', 'test-result-failed', 'failed'],
  ['NEEDS_INSPECTION', 'test-result-failed', 'failed'],
])('%s is told as %s, and its state is %s', (outcome, type, state) => {
  expect(response(anInput({ results: [aResult(1, outcome)] })).unsatisfied_requirements).toEqual([
    {
      ...{ type, ...about, result_id: 1, scenario: null, system_architecture: null, system_variant: null },
      ...{ item, state },
    },
  ]);
});

test('what errored tells why', () => {
  const results = [aResult(1, 'ERROR', { errorReason: 'no memory' })];
  expect(response(anInput({ results })).unsatisfied_requirements).toMatchObject([
    { type: 'test-result-errored', error_reason: 'no memory' },
  ]);
});

test('what is waived tells the waiver, and not the item', () => {
  const input = anInput({ results: [aResult(1, 'ERROR')], waivers: [aWaiver(3)] });
  expect(response(input).satisfied_requirements).toEqual([
    {
      ...{ type: 'test-result-errored-waived', ...about, result_id: 1, error_reason: null, scenario: null },
      ...{ system_architecture: null, system_variant: null, waiver_id: 3, state: 'waived' },
    },
  ]);
});

test('what is excluded tells by which policy', () => {
  const policies = [aPolicy({ excludedPackages: ['web*'] })];
  expect(response(anInput({ policies })).satisfied_requirements).toEqual([
    { type: 'excluded', subject_identifier: 'webd-2.4-7', policy: 'release', source: null, state: 'passed' },
  ]);
});

test('a whole that waits says so, and Greenwave’s clients see it as not satisfied', () => {
  expect(response(anInput())).toMatchObject({ policies_satisfied: false, state: 'waiting' });
});

test('rules on demand have no policies', () => {
  const input = anInput({ request: { decisionContexts: [], rules: [aRule()] } });
  expect(response(input, true)).not.toHaveProperty('applicable_policies');
});
