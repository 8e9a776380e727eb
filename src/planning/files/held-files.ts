/** Arch builds of a plan on files that wait for an offer: for what, how long at most, and what then. */
import { z } from 'zod';
import { HoldPolicy } from '../../../schemas/files/distro-release.ts';
import { awaitedLines, isAwaited } from '../judge-hold.ts';
import type { Reason } from '../reason.ts';

export const Held = z.object({
  awaits: z.array(z.string()).describe('What it waits for, a line each.'),
  hours: HoldPolicy.shape.hours.describe('At most.'),
  atDeadline: HoldPolicy.shape.atDeadline.describe('What then. A best-effort arch is dropped.'),
  text: z.string().describe('In one line, for people.'),
});
export type Held = z.infer<typeof Held>;

/** Undefined: it waits for nothing. */
export const heldFor = (
  reasons: readonly Reason[],
  policy: HoldPolicy | undefined,
  bestEffort: boolean,
): Held | undefined => {
  const awaits = awaitedLines(reasons.filter(isAwaited));
  if (awaits.length === 0 || policy === undefined) return undefined;
  const { hours } = policy;
  const atDeadline = bestEffort ? 'drop' : policy.atDeadline;
  const text = `waits for ${awaits.join('; ')}; ${afterwards[atDeadline](hours)}`;
  return { awaits: [...awaits], hours, atDeadline, text };
};

const afterwards: Readonly<Record<HoldPolicy['atDeadline'], (hours: number) => string>> = {
  drop: (hours) => `after ${hours} hours it goes on without`,
  alarm: (hours) => `overdue after ${hours} hours, which is told`,
  wait: (hours) => `overdue after ${hours} hours`,
};
