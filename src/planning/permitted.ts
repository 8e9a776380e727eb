/** Rules that allow and deny: whether something is rebuilt at all. */
import type { Rule } from '../../schemas/files/rule.ts';
import { type CauseKind, nobodysCause, type RuleSubject, speaksOf } from './rule-matching.ts';

export interface Denied {
  /** Null: there are rules that allow, and none of them names it. */
  readonly rule: string | null;
}

/**
 * Undefined: permitted, which takes one cause that no rule denies. A person's build is denied by rules for people only.
 * @param causes - what it would be rebuilt for; at least one, unless a person alone asks.
 */
export const denied = (
  rules: readonly Rule[],
  subject: RuleSubject,
  causes: readonly CauseKind[],
  byHand: boolean,
): Denied | undefined => {
  const inForce = rules.filter(({ people }) => people || !byHand);
  const verdicts = (causes.length === 0 ? [nobodysCause] : causes).map((cause) =>
    deniedCause(inForce, subject, cause),
  );
  return verdicts.every((verdict) => verdict !== undefined) ? verdicts[0] : undefined;
};

const deniedCause = (rules: readonly Rule[], subject: RuleSubject, cause: CauseKind): Denied | undefined => {
  const speaking = rules.filter((rule) => speaksOf(rule, subject, cause));
  const deny = speaking.find(({ action }) => action === 'deny');
  if (deny) return { rule: deny.name };
  const someAllow = rules.some(({ action }) => action === 'allow');
  return someAllow && !speaking.some(({ action }) => action === 'allow') ? { rule: null } : undefined;
};
