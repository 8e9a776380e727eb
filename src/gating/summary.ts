/** A decision in one line, in the words Greenwave's clients know (its documentation of the decision API). */
import type { Requirement } from './decision.ts';

/** What the line counts together, and how one and many of it read; told in this order. */
interface Wording {
  readonly counts: (requirement: Requirement) => boolean;
  readonly one: string;
  readonly many: string;
}

const tests: readonly Wording[] = [
  { counts: ({ state }) => state === 'missing', one: 'result missing', many: 'results missing' },
  { counts: ({ state }) => state === 'errored', one: 'test errored', many: 'tests errored' },
  { counts: ({ state }) => state === 'failed', one: 'test failed', many: 'tests failed' },
  {
    counts: ({ state }) => state === 'queued' || state === 'running',
    one: 'test incomplete',
    many: 'tests incomplete',
  },
];

const open = (kind: Requirement['kind']) => (requirement: Requirement) =>
  requirement.kind === kind && requirement.state !== 'waived';

const files: readonly Wording[] = [
  {
    counts: open('invalid-gating-yaml'),
    one: 'error due to invalid remote rule file',
    many: 'errors due to invalid remote rule files',
  },
  {
    counts: open('missing-gating-yaml'),
    one: 'error due to missing remote rule file',
    many: 'errors due to missing remote rule files',
  },
  {
    counts: open('failed-fetch-gating-yaml'),
    one: 'error while trying to fetch remote rule file',
    many: 'errors while trying to fetch remote rule files',
  },
];

const counted = (requirements: readonly Requirement[], wordings: readonly Wording[]): readonly string[] =>
  wordings.flatMap(({ counts, one, many }) => {
    const count = requirements.filter(counts).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });

export const summarise = (requirements: readonly Requirement[]): string => {
  const asked = requirements.filter(({ kind }) => kind === 'test');
  const total = asked.length;
  const errors = counted(requirements, files);
  const parts = counted(asked, tests);
  if (errors.length === 0 && total === 0) return 'No tests are required';
  if (errors.length === 0 && parts.length === 0)
    return `All required tests (${total} total) have passed or been waived`;
  const ofTests = `Of ${total} required ${total === 1 ? 'test' : 'tests'}, ${parts.join(', ')}`;
  return [...(errors.length > 0 ? [errors.join(', ')] : []), ...(parts.length > 0 ? [ofTests] : [])].join(
    '. ',
  );
};
