/** What people have paused: one image, all automatic rebuilds, or everything. */
import { z } from 'zod';
import { ImageName } from './ids.ts';
import { PointInTime } from './point-in-time.ts';

/** In a line, without characters that a terminal would act on. */
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most)
    .regex(/^\P{Cc}*$/u, { error: 'must be one line' });

const personName = line(100).describe('Who asks.');

/** What a pause is of. */
export const PauseSubject = z.discriminatedUnion('scope', [
  z.strictObject({ scope: z.literal('image'), image: ImageName }),
  z.strictObject({ scope: z.literal('automatic') }),
  z.strictObject({ scope: z.literal('everything') }),
]);
export type PauseSubject = z.infer<typeof PauseSubject>;

/** Who has paused it, and why; absent `until`: until somebody resumes it. */
const terms = {
  by: personName,
  reason: line(500),
  until: PointInTime.optional().describe('When it ends by itself.'),
};

export const Pause = z.discriminatedUnion('scope', [
  PauseSubject.options[0].extend(terms),
  PauseSubject.options[1].extend(terms),
  PauseSubject.options[2].extend(terms),
]);
export type Pause = z.infer<typeof Pause>;

const resumed = { by: personName };

export const Resumption = z.discriminatedUnion('scope', [
  PauseSubject.options[0].extend(resumed),
  PauseSubject.options[1].extend(resumed),
  PauseSubject.options[2].extend(resumed),
]);
export type Resumption = z.infer<typeof Resumption>;
