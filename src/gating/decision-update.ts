/** Whether a decision is another than before, and which gates a result or waiver can change. */
import { byText } from '../../schemas/by-text.ts';
import type { DecisionState, Requirement } from '../../schemas/events/releasing.ts';
import { askedBy } from './asked.ts';
import type { DecisionInput, Subject } from './decision.ts';
import { fitsOne } from './glob.ts';
import type { GreenwaveResponse } from './greenwave-response.ts';
import { noRemoteRules } from './remote-rules.ts';
import { isOfType, subjectTypeOf } from './subject-types.ts';

/** What of a decision counts when two are compared. */
export interface Comparable {
  readonly state: DecisionState;
  readonly requirements: readonly Requirement[];
}

/** Whether `gate.decision.changed` is to be said: both ways, and where only one test comes to stand otherwise. */
export const isAnotherDecision = (previous: Comparable | undefined, next: Comparable): boolean =>
  previous === undefined ||
  previous.state !== next.state ||
  sorted(previous.requirements.map(standing)) !== sorted(next.requirements.map(standing));

const standing = ({ testCase, scenario, arch, variant, state }: Requirement): string =>
  JSON.stringify([testCase, scenario, arch, variant, state]);

const sorted = (texts: readonly string[]): string => JSON.stringify([...texts].sort(byText));

type Answer = Pick<
  GreenwaveResponse,
  'policies_satisfied' | 'satisfied_requirements' | 'unsatisfied_requirements'
>;

/**
 * Whether `greenwave.decision.update` is to be sent: requirements differ, and not only in which result it is. Without a
 * previous answer, because no policy applied yet or it was never asked for, there is one.
 */
export const isAnotherAnswer = (previous: Answer | undefined, next: Answer): boolean =>
  previous === undefined || told(previous) !== told(next);

const told = (answer: Answer): string =>
  JSON.stringify([
    answer.policies_satisfied,
    sorted(answer.satisfied_requirements.map(withoutResult)),
    sorted(answer.unsatisfied_requirements.map(withoutResult)),
  ]);

/** Keys in one order, at every depth: what was stored has them in another. */
const withoutResult = ({ result_id: _, ...rest }: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(rest, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => byText(a, b)))
      : value,
  );

export interface Gate {
  readonly decisionContext: string;
  readonly productVersion: string;
}

/** The gates at which the test case is asked for of the subject, in order: one message for each whose decision changes. */
export const gatesAsking = (
  testCase: string,
  subject: Subject,
  productVersion: string,
  { policies, subjectTypes, remoteRules = noRemoteRules, now }: Omit<DecisionInput, 'request'>,
): readonly Gate[] => {
  const type = subjectTypeOf(subject.type, subjectTypes);
  const builtAt = subject.builtAt ?? now;
  const contexts = policies
    .filter(
      (policy) =>
        policy.subjectTypes.some((id) => isOfType(type, id)) &&
        fitsOne(policy.productVersions, productVersion),
    )
    .flatMap((policy) =>
      policy.decisionContexts.filter((context) =>
        askedBy([policy], {
          subject,
          type,
          productVersion,
          decisionContexts: [context],
          remoteRules,
          builtAt,
        }).some((asked) => 'rule' in asked && asked.rule.testCase === testCase),
      ),
    );
  return [...new Set(contexts)].sort(byText).map((decisionContext) => ({ decisionContext, productVersion }));
};
