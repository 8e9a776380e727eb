/** Results in a file: a list as ResultsDB's API gives it. */
import { z } from 'zod';
import { byText } from '../../../schemas/by-text.ts';
import type { Result } from '../decision.ts';
import { readInstant } from '../instant.ts';
import { own } from '../remote-rules.ts';

/** Kept as it is written: an answer that lists results lists them so. */
export const Time = z.string().refine((written) => readInstant(written) !== undefined, {
  message: 'is no time: write 2024-01-01T00:00:00.000000',
});

const Value = z.union([z.string(), z.number(), z.boolean()]);

const ResultJson = z.looseObject({
  id: z.number().int(),
  testcase: z.looseObject({ name: z.string().min(1) }),
  outcome: z.string().min(1),
  submit_time: Time,
  data: z.record(z.string(), z.union([Value, z.array(Value)])),
  error_reason: z.string().nullish(),
});
type ResultJson = z.infer<typeof ResultJson>;

/** A list, or an answer of `GET /api/v2.0/results` with the list under `data`. */
export const ResultsFile = z.preprocess(listed, z.array(ResultJson).superRefine(uniqueIds));

/** As the API wraps lists. */
export function listed(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'data' in value
    ? value.data
    : value;
}

export function uniqueIds(entries: readonly { readonly id: number }[], context: z.RefinementCtx): void {
  const first = new Map<number, number>();
  for (const [index, { id }] of entries.entries()) {
    const known = first.get(id);
    if (known === undefined) first.set(id, index);
    else
      context.addIssue({
        code: 'custom',
        path: [index, 'id'],
        message: `${id} is the id of ${known} already`,
      });
  }
}

export type ResultsFile = z.infer<typeof ResultsFile>;

/** Ordered by the time they were submitted, as ResultsDB looks for the latest. */
export const resultsOf = (file: ResultsFile): readonly Result[] =>
  file
    .map((json) => ({ json, at: readInstant(json.submit_time) ?? '' }))
    .sort((a, b) => byText(a.at, b.at) || a.json.id - b.json.id)
    .map(({ json }, order) => resultOf(json, order));

const resultOf = (
  { id, testcase, outcome, submit_time, data, error_reason }: ResultJson,
  order: number,
): Result => {
  const texts = Object.fromEntries(
    Object.entries(data).map(([key, values]) => [key, [values].flat().map(String)]),
  );
  const first = (key: string) => own(texts, key)?.[0];
  return {
    id,
    testCase: testcase.name,
    outcome,
    scenario: first('scenario'),
    arch: first('system_architecture'),
    variant: first('system_variant'),
    order,
    at: readInstant(submit_time),
    data: texts,
    ...(typeof error_reason === 'string' && { errorReason: error_reason }),
  };
};
