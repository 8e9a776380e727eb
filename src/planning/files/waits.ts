/** What keeps planned arch builds from starting at once: a pause of everything, and rules that say when. */
import { z } from 'zod';
import type { Rule } from '../../../schemas/files/rule.ts';
import type { Arch, DistroReleaseName, ImageName } from '../../../schemas/ids.ts';
import type { Pause } from '../../../schemas/pause.ts';
import { closedUntil } from '../../scheduling/closed.ts';
import { urgencies } from '../../scheduling/urgency.ts';
import { workId, workOfPlan } from '../../scheduling/work-of-plan.ts';
import type { SourceReference } from '../causes.ts';
import { describeWhatIsPaused } from '../paused.ts';
import type { Plan } from '../plan-types.ts';
import { isAbout } from '../rule-matching.ts';

export const Wait = z.object({
  kind: z.enum(['paused', 'freeze', 'window', 'limit']),
  rule: z.string().optional(),
  until: z.string().optional().describe('Where that can be told.'),
  text: z.string().describe('In one line, for people.'),
});
export type Wait = z.infer<typeof Wait>;

interface Judged {
  readonly rules: readonly Rule[];
  readonly pauses: readonly Pause[];
  /** Undefined: at no time in particular. */
  readonly at: Date | undefined;
  readonly references: readonly SourceReference[];
}

export type WaitsOf = (image: ImageName, distroRelease: DistroReleaseName, arch: Arch) => readonly Wait[];

export const waitsOf = (plan: Plan, { rules, pauses, at, references }: Judged): WaitsOf => {
  const paused = pauses.flatMap((pause): Wait[] =>
    pause.scope === 'everything'
      ? [{ kind: 'paused', ...untilOf(pause.until), text: describeWhatIsPaused(pause) }]
      : [],
  );
  const said = rules.flatMap((rule) => {
    const wait = waitFor(rule, at);
    return wait === undefined ? [] : [{ rule, wait }];
  });
  if (said.length === 0) return () => paused;
  const urgent = urgencies(workOfPlan(plan, references, () => 0));
  return (image, distroRelease, arch) => {
    const work = urgent.get(workId(image, arch));
    const speaking = said.filter(({ rule }) => work && isAbout(rule, { image, distroRelease }, work));
    return [...paused, ...speaking.map(({ wait }) => wait)];
  };
};

const untilOf = (until: string | undefined) => (until === undefined ? {} : { until });

/** Undefined: it keeps nothing then. */
const waitFor = (rule: Rule, at: Date | undefined): Wait | undefined => {
  const { name } = rule;
  switch (rule.action) {
    case 'limit':
      return { kind: 'limit', rule: name, text: `rule ${name} lets ${rule.perHour} start in an hour` };
    case 'freeze':
    case 'window':
      return at === undefined ? describedOnly(rule) : closedThen(rule, at);
    case 'allow':
    case 'deny':
      return undefined;
  }
};

type Closing = Extract<Rule, { action: 'freeze' | 'window' }>;

const closedThen = (rule: Closing, at: Date): Wait | undefined => {
  const until = closedUntil(rule, at)?.toISOString();
  if (until === undefined) return undefined;
  const what = rule.action === 'freeze' ? 'frozen' : 'kept for its window';
  return { kind: rule.action, rule: rule.name, until, text: `${what} by rule ${rule.name} until ${until}` };
};

const describedOnly = (rule: Closing): Wait => {
  const { name } = rule;
  if (rule.action === 'freeze')
    return {
      kind: 'freeze',
      rule: name,
      text: `frozen by rule ${name} from ${rule.from} until ${rule.until}`,
    };
  const days = rule.days === undefined ? 'every day' : rule.days.join(', ');
  return {
    kind: 'window',
    rule: name,
    text: `kept for the window of rule ${name}: ${days}, ${rule.from}-${rule.to} UTC`,
  };
};
