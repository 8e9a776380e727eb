/** Results as ResultsDB v2 takes and tells them. */
import { z } from 'zod';
import { Outcome } from '../../../schemas/events/releasing.ts';
import { TestCaseName } from '../../../schemas/upstream/names.ts';
import { readInstant } from '../../gating/instant.ts';
import { aboutImage } from '../../nominating/resultsdb-data.ts';
import { webAddress } from '../../nominating/test-result.ts';

/** Control characters, and halves of characters, which the store does not take. */
const unprintable = /[\p{Cc}\p{Cs}]/u;
const unprintableInLines = /[^\P{Cc}\n\r\t]|\p{Cs}/u;

const Line = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .refine((text) => !unprintable.test(text), 'must not hold control characters');

const Url = z
  .string()
  .max(2048)
  .refine((text) => webAddress(text) !== undefined, 'must be an http: or https: address');

const TestCase = z.strictObject({ name: TestCaseName, ref_url: Url.nullish() });

/** Numbers and truth values are taken as ResultsDB writes them. */
const Value = z.union([
  z
    .string()
    .max(4096)
    .refine((text) => !unprintable.test(text), 'must not hold control characters'),
  z.number().transform(String),
  z.boolean().transform((value) => (value ? 'True' : 'False')),
]);
const Values = z.union([z.array(Value).min(1).max(64), Value.transform((one) => [one])]);

const DataKey = z
  .string()
  .min(1)
  .max(128)
  .refine(
    (key) => !unprintable.test(key) && !/[:,]/.test(key),
    'must not hold colons, commas or control characters',
  );

export const ResultData = z
  .record(DataKey, Values)
  .refine((data) => Object.keys(data).length <= 64, 'must not have more than 64 keys')
  .superRefine((data, context) => {
    const about = aboutImage(data);
    if (about.verdict === 'refused') context.addIssue({ code: 'custom', message: about.reason });
  });

/** ResultsDB's are UUIDs. */
const Group = z.union([Line(128), z.strictObject({ uuid: Line(128) }).transform(({ uuid }) => uuid)]);

export const ResultRequest = z.strictObject({
  testcase: z.union([TestCaseName, TestCase]),
  outcome: z
    .string()
    .max(40)
    .transform((text) => text.trim().toUpperCase())
    .pipe(Outcome)
    .describe(Outcome.options.join(', ')),
  data: ResultData.nullish().describe(
    'What was tested, and all else that is to be known; each value a text or a list.',
  ),
  groups: z.array(Group).max(64).nullish(),
  note: z
    .string()
    .max(16_384)
    .refine((text) => !unprintableInLines.test(text), 'must not hold control characters')
    .nullish(),
  ref_url: Url.nullish().describe('Where a person can look; of one run always the same.'),
  submit_time: z
    .string()
    .max(64)
    .refine((text) => readInstant(text) !== undefined, 'must be a time, as 2026-12-01T08:00:00.000000')
    .nullish()
    .describe('UTC where it names no zone. Default: now.'),
});
export type ResultRequest = z.infer<typeof ResultRequest>;

export const Result = z.object({
  id: z.number().int(),
  href: z.string(),
  testcase: z.object({ name: z.string(), href: z.string(), ref_url: z.string().nullable() }),
  outcome: z.string(),
  submit_time: z.string().describe('UTC, without a zone.'),
  note: z.string().nullable(),
  ref_url: z.string().nullable(),
  groups: z.array(z.string()),
  data: z.record(z.string(), z.array(z.string())),
});
export type Result = z.infer<typeof Result>;

export const ResultPage = z.object({
  prev: z.string().nullable(),
  next: z.string().nullable(),
  data: z.array(Result),
});

export const LatestResults = z.object({ data: z.array(Result) });

/** In our words. */
export const reportedResult = (request: ResultRequest) => ({
  testCase:
    typeof request.testcase === 'string'
      ? { name: request.testcase }
      : { name: request.testcase.name, refUrl: request.testcase.ref_url ?? undefined },
  outcome: request.outcome,
  data: request.data ?? {},
  groups: request.groups ?? [],
  note: request.note ?? undefined,
  refUrl: request.ref_url ?? undefined,
  submitTime: request.submit_time ? readInstant(request.submit_time) : undefined,
});
