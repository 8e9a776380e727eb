/** What is kept from starting now: paused, frozen, outside its window, or more than may start in an hour. */
import type { Rule } from '../../../schemas/files/rule.ts';
import { describeWhatIsPaused } from '../../planning/paused.ts';
import { isAbout } from '../../planning/rule-matching.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { closedUntil } from '../../scheduling/closed.ts';
import type { PauseInForce } from '../pausing/in-force.ts';
import { type Delay, delay, delaysOf, ruleDelays } from './delays.ts';
import type { ReadyWork } from './ready-work.ts';

/** What says of ready work whether it may start. */
export interface InForce {
  readonly rules: readonly Rule[];
  readonly pauses: readonly PauseInForce[];
}

interface Closed {
  readonly isAbout: (work: ReadyWork) => boolean;
  readonly why: Delay;
}

/** The work that may start; the rest is delayed, and says by which pause or rule, and until when. */
export const holdBack = async (
  flow: Flow,
  { rules, pauses }: InForce,
  work: readonly ReadyWork[],
): Promise<readonly ReadyWork[]> => {
  const closed = [...pauses.map(closedByPause), ...rules.flatMap((rule) => closedByRule(rule, flow.now))];
  if (closed.length === 0) return work;
  const free: ReadyWork[] = [];
  const kept = new Map<Closed, number[]>();
  for (const one of work) {
    const by = closed.find(({ isAbout }) => isAbout(one));
    if (by === undefined) free.push(one);
    else kept.set(by, [...(kept.get(by) ?? []), one.row]);
  }
  for (const [{ why }, rows] of kept) await delay(flow, rows, why);
  return free;
};

/** Like rules, a pause is not about smoke tests. Whatever its time, whoever ends it ends what it delays. */
const closedByPause = (pause: PauseInForce): Closed => ({
  isAbout: ({ test, byHand, image }) =>
    !test && (pause.scope === 'image' ? pause.image === image : pause.scope === 'everything' || !byHand),
  why: delayBy(pause),
});

export const delayBy = (pause: PauseInForce): Delay => ({
  by: `${delaysOf(pause.id)}${pause.scope}`,
  until: undefined,
  waiting: describeWhatIsPaused(pause),
});

const closedByRule = (rule: Rule, now: Date): readonly Closed[] => {
  const until = closedUntil(rule, now);
  if (until === undefined) return [];
  const what = rule.action === 'freeze' ? 'frozen' : 'kept for its window';
  const waiting = `${what} by rule ${rule.name} until ${until.toISOString()}`;
  const why = { by: `${ruleDelays}${rule.name}`, until, waiting };
  return [{ isAbout: (work) => isAboutWork(rule, work), why }];
};

/** Rules are not about smoke tests. */
const isAboutWork = (rule: Rule, work: ReadyWork): boolean => !work.test && isAbout(rule, work, work);

const hour = 3_600_000;

/** Counts a start against the rules of so many an hour that are about it; false (and delayed) where one has no more. */
export const mayStartThisHour = async (
  flow: Flow,
  rules: readonly Rule[],
  work: ReadyWork,
): Promise<boolean> => {
  const limits = rules.flatMap((rule) => (rule.action === 'limit' && isAboutWork(rule, work) ? [rule] : []));
  for (const rule of limits) {
    const since = new Date(flow.now.getTime() - hour);
    await flow.tx.deleteFrom('rule_start').where('rule', '=', rule.name).where('at', '<=', since).execute();
    const started = await flow.tx
      .selectFrom('rule_start')
      .select('at')
      .where('rule', '=', rule.name)
      .orderBy('at', 'desc')
      .limit(rule.perHour)
      .execute();
    const first = started[rule.perHour - 1];
    if (first === undefined) continue;
    const until = new Date(first.at.getTime() + hour);
    const waiting = `rule ${rule.name} lets ${rule.perHour} start in an hour; the next at ${until.toISOString()}`;
    await delay(flow, [work.row], { by: `${ruleDelays}${rule.name}`, until, waiting });
    return false;
  }
  return true;
};

/** Once it has started. */
export const countStart = async (flow: Flow, rules: readonly Rule[], work: ReadyWork): Promise<void> => {
  const limits = rules.filter((rule) => rule.action === 'limit' && isAboutWork(rule, work));
  if (limits.length === 0) return;
  const rows = limits.map((rule) => ({ rule: rule.name, arch_build: work.row, at: flow.now }));
  await flow.tx.insertInto('rule_start').values(rows).execute();
};
