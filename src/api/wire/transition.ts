/** What happened, in the order of its ids. */
import { z } from 'zod';
import { Arch } from '../../../schemas/ids.ts';

export const TransitionEvent = z.object({
  id: z.number().int(),
  kind: z.string().describe('rebuild, build, archBuild, run, tag'),
  subject: z.string(),
  nvr: z.string().nullable(),
  image: z.string().nullable(),
  arch: Arch.nullable(),
  from: z.string().nullable(),
  to: z.string(),
  refused: z.boolean(),
  reason: z.string(),
  messageId: z.string(),
  at: z.iso.datetime(),
});
export type TransitionEvent = z.infer<typeof TransitionEvent>;

export const TransitionPage = z.object({
  events: z.array(TransitionEvent),
  next: z
    .number()
    .int()
    .describe(
      'Give it as `since` the next time. A transaction that ends late adds ids below it: ask from a little earlier, and drop ids you know.',
    ),
});
export type TransitionPage = z.infer<typeof TransitionPage>;
