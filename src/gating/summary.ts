/** A decision in one line, in the words Greenwave's clients know (its documentation of the decision API). */
import type { Requirement } from '../../schemas/events/releasing.ts';

type State = Requirement['state'];

/** What the line counts together, and how one and many of it read. */
const wordings: readonly { states: readonly State[]; one: string; many: string }[] = [
  { states: ['missing'], one: 'result missing', many: 'results missing' },
  { states: ['errored'], one: 'test errored', many: 'tests errored' },
  { states: ['failed'], one: 'test failed', many: 'tests failed' },
  { states: ['queued', 'running'], one: 'test incomplete', many: 'tests incomplete' },
];

export const summarise = (requirements: readonly Requirement[]): string => {
  const total = requirements.length;
  if (total === 0) return 'No tests are required';
  const parts = wordings.flatMap(({ states, one, many }) => {
    const count = requirements.filter((requirement) => states.includes(requirement.state)).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  if (parts.length === 0) return `All required tests (${total} total) have passed or been waived`;
  return `Of ${total} required ${total === 1 ? 'test' : 'tests'}, ${parts.sort().join(', ')}`;
};
