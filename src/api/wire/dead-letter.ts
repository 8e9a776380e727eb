/** Messages that were put aside, with the reason. */
import { z } from 'zod';

export const DeadLetterBrief = z.object({
  id: z.number().int(),
  consumer: z.string(),
  reason: z.string(),
  topic: z.string(),
  messageId: z.string(),
  origin: z.string(),
  times: z.number().int().describe('How often it came.'),
  at: z.iso.datetime(),
});
export type DeadLetterBrief = z.infer<typeof DeadLetterBrief>;

export const DeadLetterDetail = DeadLetterBrief.extend({
  exchange: z.string(),
  contentType: z.string().nullable(),
  contentEncoding: z.string().nullable(),
  headers: z.record(z.string(), z.unknown()),
  bodyBytes: z.number().int(),
  body: z.string().describe('Its first 64 KiB as UTF-8; bytes that are none are shown as U+FFFD.'),
});
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>;
