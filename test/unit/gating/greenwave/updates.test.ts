/** When a changed decision is said: facts of Greenwave's messages, by docs/greenwave-comparison.md. */
import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../../../schemas/events/releasing.ts';
import { decide } from '../../../../src/gating/decide.ts';
import {
  type Comparable,
  gatesAsking,
  isAnotherAnswer,
  isAnotherDecision,
} from '../../../../src/gating/decision-update.ts';
import { readPolicyFile } from '../../../../src/gating/policy-yaml.ts';
import { noRemoteRules } from '../../../../src/gating/remote-rules.ts';
import { subjectNamedBy } from '../../../../src/gating/subject-types.ts';
import { june } from './answer.ts';
import { compared } from './compared.ts';
import { type PolicyFact, policyYaml } from './greenwave-fact.ts';
import { hazards, ids } from './ids.ts';

const answer = (...unsatisfied: readonly Readonly<Record<string, unknown>>[]) => ({
  policies_satisfied: unsatisfied.length === 0,
  satisfied_requirements: [],
  unsatisfied_requirements: unsatisfied,
});
const missing = { type: 'test-result-missing' };
const failed = { type: 'test-result-failed' };

describe('an answer is another', () => {
  test('where one more scenario is missing (upd-02)', () => {
    const before = answer({ ...missing, result_id: 1, scenario: 'A' });
    const after = answer(
      { ...missing, result_id: 1, scenario: 'A' },
      { ...missing, result_id: 2, scenario: 'B' },
    );
    expect(isAnotherAnswer(before, after)).toBe(true);
  });

  test('where what was missing has failed (upd-03)', () => {
    expect(isAnotherAnswer(answer({ ...missing, result_id: 1 }), answer({ ...failed, result_id: 2 }))).toBe(
      true,
    );
  });

  test('not where only the result is another (upd-04)', () => {
    const before = answer({ ...failed, result_id: 1 }, missing);
    expect(isAnotherAnswer(before, answer(missing, { result_id: 2, ...failed }))).toBe(false);
  });

  test('not where the store has turned its keys around', () => {
    const before = answer({ ...failed, item: { type: 'a', item: 'b' } });
    expect(isAnotherAnswer(before, answer({ item: { item: 'b', type: 'a' }, ...failed }))).toBe(false);
  });

  test.each(['upd-05', 'upd-06'])('where there was none before (%s)', () => {
    expect(isAnotherAnswer(undefined, answer())).toBe(true);
  });
});

describe('a decision is another', () => {
  const standing = (state: Comparable['state'], ...tests: Comparable['requirements']): Comparable => ({
    state,
    requirements: tests,
  });

  test.each(['QUEUED', 'RUNNING'] as const)(
    'where a test that had passed is %s again (upd-07a, upd-07b)',
    (again) => {
      const decided = (outcomes: readonly Outcome[]) => {
        const results = outcomes.map((outcome, id) => ({
          ...{ id, testCase: 't1', outcome, order: id, at: june },
          data: { type: ['koji_build'], item: [nethack.identifier] },
        }));
        const decision = decide({ ...policies(asking('ctx')), request, results, waivers: [], now: june });
        if ('status' in decision) throw new Error(decision.message);
        const requirements = decision.requirements.flatMap(({ kind, state }) =>
          kind === 'test' ? [{ testCase: 't1', state }] : [],
        );
        return { state: decision.state, requirements };
      };
      const before = decided(['PASSED']);
      const after = decided(['PASSED', again]);
      expect([before.state, after.state]).toEqual(['satisfied', 'waiting']);
      expect(isAnotherDecision(before, after)).toBe(true);
    },
  );

  test('both ways, and at first', () => {
    const passed = standing('satisfied', { testCase: 't1', state: 'passed', result: 1 });
    const waits = standing('waiting', { testCase: 't1', state: 'missing' });
    expect(isAnotherDecision(passed, waits)).toBe(true);
    expect(isAnotherDecision(waits, passed)).toBe(true);
    expect(isAnotherDecision(undefined, waits)).toBe(true);
  });

  test('not for another result, or another order', () => {
    const first = { testCase: 't1', state: 'failed', result: 1 } as const;
    const second = { testCase: 't2', state: 'missing' } as const;
    const again = { ...first, result: 7 };
    expect(
      isAnotherDecision(standing('unsatisfied', first, second), standing('unsatisfied', second, again)),
    ).toBe(false);
  });
});

const nethack = { type: 'koji_build', identifier: 'nethack-1.2.3-1.fc26' };
const request = { decisionContexts: ['ctx'], productVersion: 'fedora-26', subjects: [nethack] };
const asking = (context: string): PolicyFact => ({ id: context, rules: ['t1'], decision_context: context });

const policies = (...facts: readonly PolicyFact[]) => {
  const read = readPolicyFile('policies.yaml', facts.map(policyYaml).join(''), 'server');
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read;
};

describe('the gates that a result can change', () => {
  const address = 'https://src.fedoraproject.org/rpms/nethack/raw/abc/f/gating.yaml';
  const withFile = (context: string) => ({
    ...noRemoteRules,
    builds: { [nethack.identifier]: { namespace: 'rpms', name: 'nethack', revision: 'abc' } },
    files: {
      [address]: {
        text: `--- !Policy\ndecision_context: ${context}\nrules:\n  - !PassingTestCaseRule {test_case_name: t1}\n`,
      },
    },
  });
  const remote: PolicyFact = { id: 'server', rules: [{ type: 'RemoteRule' }] };
  const gates = (set: ReturnType<typeof policies>, more = {}) =>
    gatesAsking('t1', nethack, 'fedora-26', { ...set, results: [], waivers: [], now: june, ...more });

  test('are those whose gating.yaml asks for it (upd-09)', () => {
    expect(gates(policies(remote), { remoteRules: withFile('ctx') })).toEqual([
      { decisionContext: 'ctx', productVersion: 'fedora-26' },
    ]);
  });

  test('not those for which gating.yaml does not (upd-10)', () => {
    expect(gates(policies(remote), { remoteRules: withFile('other') })).toEqual([]);
  });

  test('are none where nobody asks for it (upd-17)', () => {
    expect(gates(policies({ id: 'a', rules: ['t2'] }))).toEqual([]);
  });

  test('are all that ask for it, in order (upd-18)', () => {
    const told = gates(policies(asking('second'), asking('first'))).map(
      ({ decisionContext }) => decisionContext,
    );
    expect(told).toEqual(['first', 'second']);
  });
});

describe('the subject of a result', () => {
  const named = (data: Readonly<Record<string, string>>) => subjectNamedBy((key) => data[key], []);

  test('is the build that original_spec_nvr names (upd-16a)', () => {
    const koji = { type: 'koji_build', identifier: 'glibc-1.0-1.fc27' };
    expect(named({ original_spec_nvr: 'glibc-1.0-1.fc27' })).toEqual(koji);
  });

  test('is none where that is empty (upd-16b)', () => {
    expect(named({ original_spec_nvr: '' })).toBeUndefined();
  });

  test('is a koji_build where it is called brew-build (upd-16c)', () => {
    const koji = { type: 'koji_build', identifier: 'glibc-1.0-3.fc27' };
    expect(named({ type: 'brew-build', item: 'glibc-1.0-3.fc27' })).toEqual(koji);
  });
});

describe('docs/greenwave-comparison.md', () => {
  const rows = compared();

  test('says of every fact whether it is equal, better or out of scope, once, and of no other', () => {
    expect(rows.map(({ id }) => id).sort()).toEqual([...ids].sort());
  });

  test('says why wherever it is not equal', () => {
    expect(rows.filter(({ verdict, why }) => verdict !== 'equal' && why.trim() === '')).toEqual([]);
  });

  test('beats every hazard, and says so of no other', () => {
    expect(rows.filter(({ verdict }) => verdict === 'better').map(({ id }) => id)).toEqual(hazards);
  });

  test('leaves out only what guesses product versions', () => {
    const out = rows.filter(({ verdict }) => verdict === 'out of scope').map(({ id }) => id);
    expect(out).toEqual(['upd-11', 'upd-13', 'upd-15a']);
  });
});
