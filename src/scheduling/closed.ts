/** Rules that freeze and open windows: until when something must not start. */
import type { Rule } from '../../schemas/files/rule.ts';

type Window = Extract<Rule, { action: 'window' }>;

/** Undefined: it is not closed now. */
export const closedUntil = (rule: Rule, now: Date): Date | undefined => {
  if (rule.action === 'freeze') {
    const until = new Date(rule.until);
    return new Date(rule.from) <= now && now < until ? until : undefined;
  }
  return rule.action === 'window' ? nextOpening(rule, now) : undefined;
};

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const dayMs = 24 * 3_600_000;

/** Undefined where it is open: a window of yesterday may last beyond midnight. */
const nextOpening = (rule: Window, now: Date): Date | undefined => {
  const openings = openingsAround(rule, now);
  const open = openings.some((opens) => opens <= now.getTime() && now.getTime() < opens + lengthOf(rule));
  const next = openings.find((opens) => opens > now.getTime());
  return open || next === undefined ? undefined : new Date(next);
};

/** From yesterday to a week ahead: every day of the week is among them. */
const openingsAround = ({ days, from }: Window, now: Date): readonly number[] => {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  return Array.from({ length: 9 }, (_, at) => today + (at - 1) * dayMs)
    .filter((day) => days?.some((name) => name === dayNames[new Date(day).getUTCDay()]) ?? true)
    .map((day) => day + minutesOf(from) * 60_000);
};

const lengthOf = ({ from, to }: Window): number =>
  ((minutesOf(to) - minutesOf(from) + 24 * 60) % (24 * 60)) * 60_000;

/** Of `HH:MM`, since midnight. */
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
