/** A planner's reasons in words; one that this version does not know is shown as it is stored. */
import { describeReason, Reason } from '../../planning/reason.ts';

const inWords = (stored: unknown): string => {
  const reason = Reason.safeParse(stored);
  return reason.success ? describeReason(reason.data) : JSON.stringify(stored);
};

export const reasonsInWords = (stored: unknown): string[] =>
  Array.isArray(stored) ? stored.map(inWords) : [];
