/** Whether a rule speaks of an image and what it is rebuilt for. */
import type { Rule } from '../../schemas/files/rule.ts';
import type { Severity } from '../../schemas/nomination.ts';
import type { UpdateType } from '../../schemas/update-type.ts';
import { globMatches } from './glob.ts';

/** What something is rebuilt for. */
export interface CauseKind {
  readonly type: UpdateType;
  readonly severity: Severity;
}

export interface RuleSubject {
  readonly image: string;
  readonly distroRelease: string;
}

/** What a person asks for has no update. */
export const nobodysCause: CauseKind = { type: 'unspecified', severity: 'none' };

type Criteria = Pick<Rule, 'distroRelease' | 'image' | 'update' | 'severity'>;

/** Every criterion that the rule gives fits; of a list, one is enough. */
export const speaksOf = (rule: Criteria, subject: RuleSubject, cause: CauseKind): boolean =>
  fits(rule.distroRelease, (name) => name === subject.distroRelease) &&
  fits(rule.image, (glob) => globMatches(glob, subject.image)) &&
  fits(rule.update, (type) => type === cause.type) &&
  fits(rule.severity, (severity) => severity === cause.severity);

/** A rule is about an arch build where it speaks of everything that it and what waits for it is rebuilt for. */
export const isAbout = (
  rule: Rule,
  subject: RuleSubject,
  { causes, byHand }: { readonly causes: readonly CauseKind[]; readonly byHand: boolean },
): boolean =>
  (rule.people || !byHand) &&
  (causes.length === 0 ? [nobodysCause] : causes).every((cause) => speaksOf(rule, subject, cause));

const fits = <T>(list: readonly T[] | undefined, test: (item: T) => boolean): boolean =>
  list === undefined || list.some(test);
