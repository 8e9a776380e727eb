/** One subject: what is asked of it, and how that stands. */
import type { DecisionState } from '../../schemas/events/releasing.ts';
import type { Instant } from '../../schemas/instant.ts';
import type { Asked, AskedOf, AskedRule } from './asked.ts';
import type { Decision, Requirement, Result, TestRequirement, TestState, Waiver } from './decision.ts';
import { secondsAfter } from './instant.ts';
import { forArch, keyOf, latestOf, resultsAbout } from './results.ts';
import { summarise } from './summary.ts';
import { forgiven, waiversInForce } from './waivers.ts';

export interface Case extends AskedOf {
  /** Of other subjects too. */
  readonly results: readonly Result[];
  readonly waivers: readonly Waiver[];
  /** Waivers hold at that time. */
  readonly at: Instant;
  /** All latest results are listed too, asked for or not. */
  readonly isVerbose: boolean;
}

export interface Judged {
  readonly requirements: readonly Requirement[];
  readonly latestResults: readonly Result[];
  readonly waivers: readonly Waiver[];
}

/** `asked` of it. */
export const judge = (of: Case, asked: readonly Asked[]): Judged => {
  const { subject, type } = of;
  const results = resultsAbout(subject, type, of.results);
  const waivers = waiversInForce(of.waivers, subject, type, of.productVersion, of.at);
  const requirements = asked.flatMap((each): readonly Requirement[] =>
    'found' in each ? [each.found] : standing(each, of, resultsFor(each, results)),
  );
  return {
    requirements: requirements.map((requirement) => forgiven(requirement, waivers)),
    latestResults: of.isVerbose ? latestOf(results, (result) => keyOf(result.testCase) + kindOf(result)) : [],
    waivers,
  };
};

/** The decision over all subjects. */
export const concluded = (judged: readonly Judged[], applicablePolicies: readonly string[]): Decision => {
  const requirements = judged.flatMap((one) => one.requirements);
  const results = judged.flatMap((one) => one.latestResults).sort((a, b) => b.order - a.order);
  const waivers = judged.flatMap((one) => one.waivers).sort((a, b) => b.id - a.id);
  return {
    state: overall(requirements),
    summary: summarise(requirements),
    requirements,
    applicablePolicies,
    latestResults: [...new Set(results.map(({ id }) => id))],
    waiversInForce: [...new Set(waivers.map(({ id }) => id))],
  };
};

const overall = (requirements: readonly Requirement[]): DecisionState => {
  if (requirements.some(({ state }) => state === 'failed' || state === 'errored')) return 'unsatisfied';
  return requirements.every(({ state }) => state === 'passed' || state === 'waived')
    ? 'satisfied'
    : 'waiting';
};

const kindOf = ({ scenario, arch, variant }: Result): string => keyOf(scenario, arch, variant);

const resultsFor = ({ rule }: AskedRule, results: readonly Result[]): readonly Result[] =>
  results.filter(
    ({ testCase, scenario }) =>
      testCase === rule.testCase && (rule.scenario === undefined || rule.scenario === scenario),
  );

/** With `arches: required` one by one for those, then for arches beyond them that reported. */
const standing = (asked: AskedRule, of: Case, results: readonly Result[]): readonly TestRequirement[] => {
  if (asked.rule.arches !== 'required') return latestOrMissing(asked, of, results, undefined);
  const required = [...new Set(of.subject.requiredArches)];
  const beyond = results.filter(({ arch }) => arch !== undefined && !required.includes(arch));
  return [
    ...required.flatMap((arch) => {
      const speaking = results.filter((result) => (result.arch ?? arch) === arch);
      return latestOrMissing(
        asked,
        of,
        speaking.map((result) => forArch(result, arch)),
        arch,
      );
    }),
    ...(beyond.length > 0 ? latestOrMissing(asked, of, beyond, undefined) : []),
  ];
};

const latestOrMissing = (
  asked: AskedRule,
  of: Case,
  results: readonly Result[],
  arch: string | undefined,
): readonly TestRequirement[] => {
  const latest = latestOf(results, kindOf);
  if (latest.length === 0) return [requirement(asked, of, { scenario: asked.rule.scenario, arch })];
  return latest.map((result) => requirement(asked, of, result));
};

/** Of a result, or of what is missing. Every key is there, since thousands of these are made in a second. */
const requirement = (
  { rule, source }: AskedRule,
  { subject, type }: Case,
  { scenario, arch, ...result }: Partial<Result>,
): TestRequirement => {
  const state = result.outcome === undefined ? 'missing' : stateOf(result.outcome);
  const isOpen = state === 'missing' || state === 'queued' || state === 'running';
  const isAlarm = isOpen && rule.alarmAfter !== undefined && subject.builtAt !== undefined;
  return {
    kind: 'test',
    subjectType: type.id,
    subjectIdentifier: subject.identifier,
    testCase: rule.testCase,
    scenario,
    arch,
    variant: result.variant,
    state,
    result: result.id,
    errorReason: state === 'errored' ? result.errorReason : undefined,
    source,
    alarmAt: isAlarm ? secondsAfter(subject.builtAt, rule.alarmAfter) : undefined,
  };
};

const states: ReadonlyMap<string, TestState> = new Map([
  ['PASSED', 'passed'],
  ['INFO', 'passed'],
  ['ERROR', 'errored'],
  ['QUEUED', 'queued'],
  ['RUNNING', 'running'],
]);

const stateOf = (outcome: string): TestState => states.get(outcome) ?? 'failed';
