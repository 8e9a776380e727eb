/** Waivers as WaiverDB takes and gives them, and what flibs has beyond: `arch`, `expires`, `result_id`. */
import { z } from 'zod';
import { PointInTime } from '../../../schemas/point-in-time.ts';

/** Without control characters: it is shown to people, and NUL cannot be stored. */
const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, { error: 'must have no control characters' });

const Id = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);

export const NewWaiver = z
  .strictObject({
    subject_type: text(255).optional().describe('Default: container-image.'),
    subject_identifier: text(1024).optional().describe('An NVR, or a digest.'),
    subject: z
      .strictObject({ type: text(255), item: text(1024) })
      .optional()
      .describe('The same as one object, as clients of older WaiverDBs send it.'),
    testcase: text(1024).optional(),
    product_version: text(255)
      .optional()
      .describe('May be left out for an image of flibs: it has that of its distro release.'),
    waived: z.boolean().default(true).describe('False takes back what has the same key.'),
    comment: z.string().min(1).max(4096),
    scenario: text(1024).nullish().describe('Default: every scenario.'),
    username: text(255).optional().describe('In whose name; only with the scope admin.'),
    arch: text(64).nullish().describe('Beyond WaiverDB. Default: every arch.'),
    expires: PointInTime.nullish().describe('Beyond WaiverDB. Default: never.'),
    result_id: Id.nullish().describe(
      'Only this result is forgiven. Without a subject and a test case it says those, too.',
    ),
  })
  .refine(({ waived, expires }) => waived || !expires, {
    path: ['expires'],
    error: 'is for what is waived: what takes a waiver back does not expire',
  })
  .refine(({ subject, subject_identifier }) => subject === undefined || subject_identifier === undefined, {
    path: ['subject'],
    error: 'names the subject twice: leave it or subject_identifier out',
  });
export type NewWaiver = z.infer<typeof NewWaiver>;

export const NewWaivers = z.union([NewWaiver, z.array(NewWaiver).min(1).max(100)]);

export const Waiver = z.object({
  id: z.number().int(),
  subject_type: z.string(),
  subject_identifier: z.string(),
  subject: z.object({ type: z.string(), item: z.string() }),
  testcase: z.string(),
  product_version: z.string(),
  waived: z.boolean(),
  comment: z.string(),
  username: z.string(),
  proxied_by: z.string().nullable(),
  scenario: z.string().nullable(),
  timestamp: z.string().describe('UTC, as WaiverDB writes it: without a zone.'),
  arch: z.string().nullable(),
  expires: z.string().nullable(),
  result_id: z.number().int().nullable(),
});
export type Waiver = z.infer<typeof Waiver>;

/** A page, with the addresses of others. */
export const WaiverPage = z.object({
  data: z.array(Waiver),
  prev: z.string().nullable(),
  next: z.string().nullable(),
  first: z.string(),
  last: z.string(),
});

const Word = z.string().min(1).max(1024);

/** `since=start` or `since=start,end`. */
const Since = z.string().transform((value, context) => {
  const parts = value.split(',').map((part) => part.trim());
  const [start = '', end = ''] = parts;
  const times = [start, end].map((part) => (part === '' ? undefined : new Date(zoned(part))));
  if (parts.length > 2 || times.some((time) => time !== undefined && Number.isNaN(time.getTime()))) {
    context.addIssue({ code: 'custom', message: 'must be a time, or two with a comma between' });
    return z.NEVER;
  }
  return { from: times[0], until: times[1] };
});

/** WaiverDB's times are UTC and say nothing of it. */
const zoned = (time: string): string =>
  /(?:Z|[+-]\d\d:?\d\d)$/i.test(time) || !/T|:/.test(time) ? time : `${time}Z`;

const filters = {
  subject_type: Word.optional(),
  subject_identifier: Word.optional(),
  testcase: Word.optional(),
  product_version: Word.optional(),
  username: Word.optional(),
  proxied_by: Word.optional(),
  scenario: Word.optional(),
  since: Since.optional(),
};

export const WaiverFilter = z.strictObject(filters);
export type WaiverFilter = z.infer<typeof WaiverFilter>;

export const WaiverQuery = z.strictObject({
  ...filters,
  include_obsolete: z
    .enum(['0', '1', 'true', 'false'])
    .default('0')
    .transform((value) => value === '1' || value === 'true')
    .describe('Also those that newer ones with the same key have replaced.'),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(10),
});
export type WaiverQuery = z.infer<typeof WaiverQuery>;

export const FilteredWaivers = z.strictObject({
  filters: z.array(WaiverFilter).min(1).max(100).describe('What fits any of them.'),
  include_obsolete: z.boolean().default(false),
});
export type FilteredWaivers = z.infer<typeof FilteredWaivers>;
